/** The page for paths that do not exist. */

import { page } from './api.js';
import { fill, linkButton } from './dom.js';
import { main, state, title } from './frame.js';
import { texts } from './texts.js';

title(texts.noPage);
fill(main(), state('h1', texts.noPage, texts.noPageText, linkButton(texts.serviceTokens, page(''))));
