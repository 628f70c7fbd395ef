/** The page for paths that do not exist. */

import { page } from './api.js';
import { linkButton } from './dom.js';
import { alone, title } from './frame.js';
import { texts } from './texts.js';

title(texts.noPage);
alone(texts.noPage, texts.noPageText, linkButton(texts.serviceTokens, page(''), { class: 'btn btn-large' }));
