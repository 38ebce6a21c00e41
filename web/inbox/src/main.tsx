import './base.css';

import {render} from 'preact';

render(<h1>ChatMesh</h1>, document.getElementById('app')!);
