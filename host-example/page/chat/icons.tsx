import type { ReactNode } from 'react';

/** Drawn for this page on a grid of 20; decoration only, what they mean is said beside them. */
function Icon({ children, size = 20 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export const BackIcon = () => (
  <Icon>
    <path d="M12 4.5 6.5 10l5.5 5.5" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M10 16V4.5M5 9.3l5-5 5 5" />
  </Icon>
);

export const PhotoIcon = () => (
  <Icon>
    <rect x="2.8" y="4" width="14.4" height="12" rx="2.6" />
    <circle cx="7" cy="8.2" r="1.3" />
    <path d="m3.4 14 3.8-3.4 2.7 2.3 2.7-2.5 4 3.6" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
);

export const DownIcon = () => (
  <Icon size={16}>
    <path d="M10 4v11.5M5.2 10.8 10 15.5l4.8-4.7" />
  </Icon>
);

export const PreviousIcon = () => (
  <Icon>
    <path d="M12.5 3.5 6 10l6.5 6.5" />
  </Icon>
);

export const NextIcon = () => (
  <Icon>
    <path d="M7.5 3.5 14 10l-6.5 6.5" />
  </Icon>
);

export const MoreIcon = () => (
  <Icon>
    <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" strokeWidth="2.6" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon size={14}>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 6v4.2l2.7 1.6" />
  </Icon>
);

export const AlertIcon = () => (
  <Icon size={14}>
    <circle cx="10" cy="10" r="7.5" />
    <path d="M10 6v4.8m0 3h.01" />
  </Icon>
);

export const OneTickIcon = () => (
  <Icon size={16}>
    <path d="m4.5 10.6 3.6 3.7 7.4-8.3" />
  </Icon>
);

export const TwoTicksIcon = () => (
  <Icon size={16}>
    <path d="m1.5 10.6 3.6 3.7 7.4-8.3M9.8 13.3l1 1L18.3 6" />
  </Icon>
);

export const ChatIcon = () => (
  <Icon size={40}>
    <path
      strokeWidth="1"
      d="M10 3.5c-4.3 0-7.5 2.7-7.5 6.3 0 2 1 3.7 2.6 4.9l-.5 2.6 2.9-1.5c.8.2 1.6.3 2.5.3 4.3 0 7.5-2.7 7.5-6.3s-3.2-6.3-7.5-6.3Z"
    />
    <path strokeWidth="1" d="M7 9.4c.9 1.6 1.9 2.3 3 2.3s2.1-.7 3-2.3" />
  </Icon>
);

export const PhoneSlashIcon = () => (
  <Icon size={16}>
    <path d="M3 8.2a10 10 0 0 1 3.6-2.1M9.5 5.5A10 10 0 0 1 17 8.2M5.5 11a6.5 6.5 0 0 1 3-1.7M12 9.6a6.5 6.5 0 0 1 2.5 1.4M10 14.8h.01M4 3l12 14" />
  </Icon>
);
