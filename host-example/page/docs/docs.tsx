import { createRoot } from 'react-dom/client';
import { EventsPage } from './events-page.js';
import { showRest } from './rest-page.js';
import '@fontsource-variable/inter/wght.css';
import './docs.css';

const place = document.getElementById('docs');
if (place === null) throw new Error('docs.html has no #docs');
for (const link of document.querySelectorAll('nav a')) {
  if (link.getAttribute('href') === location.pathname) link.setAttribute('aria-current', 'page');
}
if (location.pathname === '/docs/events') createRoot(place).render(<EventsPage />);
else {
  showRest(place).catch(() => {
    place.textContent = 'The contract cannot be shown. Is the demo still running?';
  });
}
