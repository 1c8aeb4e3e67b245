/** The lists of what is on the bench: the ports of this machine, and the boards of the boards file. */
import type { SerialPortRow } from '../../../hal/espruino/serial-port.ts';
import { reasonOf } from '../user-error.ts';
import { columns, type Listing, type ListOptions } from './listing.ts';

export async function listPorts(options: ListOptions): Promise<Listing> {
  const { listSerialPorts } = await import('../../../hal/espruino/serial-port.ts');
  const { loadInventory } = await import('../boards/inventory.ts');
  const { isPortOf, usbIdOf } = await import('../boards/find-port.ts');
  const entries = loadInventory(options.boards)?.entries ?? [];
  let ports: readonly SerialPortRow[] = [];
  let problem: string | null = null;
  try {
    ports = await listSerialPorts();
  } catch (error) {
    problem = reasonOf(error);
  }
  const rows = ports.map((row) => ({
    ...row,
    boards: entries.filter(({ port }) => isPortOf(row, port)).map(({ name }) => name),
  }));
  const cells = rows.map((row) => [
    row.path,
    usbIdOf(row) ?? '-',
    row.serialNumber ?? '-',
    row.boards.join(', ') || '-',
    row.manufacturer ?? '-',
  ]);
  return {
    rows,
    json: { ports: rows, problem },
    ...(problem === null ? {} : { problem }),
    lines: (paint, width) =>
      rows.length === 0
        ? ['no serial ports found']
        : columns(['port', 'USB id', 'serial number', 'board', 'maker'], cells, paint, width),
  };
}

export async function listBoards(options: ListOptions): Promise<Listing> {
  const { loadInventory } = await import('../boards/inventory.ts');
  const inventory = loadInventory(options.boards);
  if (inventory === null) {
    return {
      rows: [],
      lines: () => ['no boards: there is no thecal.boards.yaml in this folder; docs/board.md shows one'],
    };
  }
  const { lookAtBoards } = await import('../boards/look-at-boards.ts');
  const { portText } = await import('../boards/find-port.ts');
  const rows = await lookAtBoards(inventory.entries, options.ask === true);
  const cells = rows.map((row) => [
    row.name,
    row.state,
    row.path ?? portText(row.port),
    row.board ?? '-',
    row.fixtures.join(', ') || '-',
    row.remark,
  ]);
  return {
    rows,
    lines: (paint, width) =>
      rows.length === 0
        ? [`no boards: ${inventory.file} lists none`]
        : columns(['board', 'state', 'port', 'type', 'fixtures', 'remarks'], cells, paint, width),
  };
}
