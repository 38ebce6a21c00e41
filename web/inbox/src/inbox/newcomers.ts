import type {Client, Id} from '@chatmesh/client';

const pageSize = 200;
const maxPages = 5;   // who is not among so many of the latest is come to by scrolling

/**
 * Reads customers that the list has not come to yet as soon as they have a message: they belong at its top. Returns what
 * ends it.
 */
export function followNewcomers(client: Client): () => void {
  const {store} = client;
  const wanted = new Set<Id>();
  let asking = false;
  let more = false;   // someone came while pages were read that may not have them
  const read = async () => {
    let after: string | undefined;
    for (let page = 1; page <= maxPages; ++page) {
      const {next} = await client.list('customer',
        {sort: 'activity', include: 'messages,reads', limit: pageSize, after});
      for (const id of wanted) if (store.get('customer', id)) wanted.delete(id);
      if (wanted.size === 0 || next === null) return;
      after = next;
    }
  };
  const ask = async () => {
    asking = true;
    try {
      while (more) {
        more = false;
        await read();
      }
      wanted.clear();
    } catch {
      // the next message asks again
    }
    asking = false;
  };
  return client.on('message.created', ({object: {customer_id: id}}) => {
    if (store.get('customer', id)) return;
    wanted.add(id);
    more = true;
    if (!asking) void ask();
  });
}
