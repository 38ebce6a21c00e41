import './ui/base.css';

import {render} from 'preact';

import {followTheme} from './theme.ts';
import {ToastRegion} from './ui/index.ts';

followTheme();
render(<ToastRegion />, document.getElementById('app')!);
