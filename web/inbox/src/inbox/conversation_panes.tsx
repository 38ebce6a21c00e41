import type {ComponentChildren, JSX} from 'preact';

import {TabPanel, Tabs} from '../ui/index.ts';
import type {Panes} from './use_panes.ts';

/** The parts of a conversation. */
export type Part = 'messages' | 'notes' | 'details';

/** Which part is chosen where not all are in sight. */
export interface Choice {
  /** Where there is one column. */
  alone: Part;
  /** Beside the messages. */
  side: 'notes' | 'details';
  /** Whether there is anything beside the messages. */
  showsSide: boolean;
}

/** Messages, notes and details in as many columns as the window has room for. */
export function ConversationPanes({panes, choice, onChoose, notesCount, parts}: {
  panes: Panes;
  choice: Choice;
  onChoose(choice: Choice): void;
  notesCount: number;
  parts: Readonly<Record<Part, ComponentChildren>>;
}): JSX.Element {
  const {alone, side, showsSide} = choice;
  const beside = [
    {value: 'notes', label: 'Notes', ...(notesCount > 0 && {count: notesCount})},
    {value: 'details', label: 'Details'},
  ] as const;
  if (panes === 'one') {
    return (
      <>
        <Tabs<Part> id="pane" label="Parts of the conversation" value={alone}
          choices={[{value: 'messages', label: 'Messages'}, ...beside]}
          onChange={(part) => onChoose({...choice, alone: part})} />
        <TabPanel id="pane" value={alone} class="pane">{parts[alone]}</TabPanel>
      </>
    );
  }
  return (
    <div class="conversation-columns">
      {parts.messages}
      {showsSide && panes === 'two' && (
        <aside class="side" aria-label="Notes and details">
          <Tabs<'notes' | 'details'> id="side" label="Notes and details" value={side} choices={beside}
            onChange={(part) => onChoose({...choice, side: part})} />
          <TabPanel id="side" value={side} class="pane">{parts[side]}</TabPanel>
        </aside>
      )}
      {showsSide && panes === 'three' && (
        <>
          <aside class="side" aria-label="Notes"><h3 class="side-title">Notes</h3>{parts.notes}</aside>
          <aside class="side" aria-label="Details">{parts.details}</aside>
        </>
      )}
    </div>
  );
}
