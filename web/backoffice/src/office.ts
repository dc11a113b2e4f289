/* The office works without script; this makes it quicker: lists that change in place, search everywhere, unsaved changes. */
import './styles/base.css';
import './styles/frame.css';
import './styles/table.css';
import './styles/form.css';
import './styles/rooms.css';
import './styles/periods.css';
import './styles/narrow.css';
import './styles/books.css';
import './trusted';
import htmx from 'htmx.org';
import { watchForms } from './unsaved';
import { openSearch } from './search';
import { readyTables } from './tables';
import { sumCounts } from './counts';
import { sendOnce } from './once';

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // pages hold the shop's figures: nothing of them stays in the browser's storage

watchForms();
openSearch();
readyTables();
sumCounts();
sendOnce();
