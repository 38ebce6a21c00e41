/** The component library of the inbox. */
export {Avatar} from './avatar.tsx';
export {Button, IconButton} from './button.tsx';
export {ConfirmDialog, Dialog} from './dialog.tsx';
export {Select, TextArea, TextField} from './field.tsx';
export {Icon, type IconName} from './icon.tsx';
export {Menu, type MenuItem, type MenuTrigger} from './menu.tsx';
export {Banner, EmptyState, Spinner, Tag} from './small.tsx';
export {type Choice, Segmented, TabPanel, Tabs} from './tabs.tsx';
export {toast, ToastRegion} from './toast.tsx';
export {VirtualList, type VirtualListHandle} from './virtual_list.tsx';
