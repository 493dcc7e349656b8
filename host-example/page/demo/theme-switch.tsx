import { useEffect, useState } from 'react';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const storageKey = 'demo:theme';

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(
    () => themes.find((one) => one === localStorage.getItem(storageKey)) ?? 'system',
  );

  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(storageKey, theme);
  }, [theme]);

  return (
    <label className="theme">
      <span className="for-ears">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
