import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { DemoPage } from './demo/demo-page.js';
import '@fontsource-variable/inter/wght.css';
import './style/page.css';

const place = document.getElementById('page');
if (place === null) throw new Error('index.html has no #page');
createRoot(place).render(
  <StrictMode>
    <DemoPage />
  </StrictMode>,
);
