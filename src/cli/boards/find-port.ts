/** From what the boards file says of a port to the port that is there now. */
import { existsSync, realpathSync } from 'node:fs';
import { PortError } from '../../../hal/espruino/console-port.ts';
import { listSerialPorts, type SerialPortRow } from '../../../hal/espruino/serial-port.ts';
import type { BoardEntry, PortWords } from './inventory.ts';

type Wanted = Pick<BoardEntry, 'name' | 'port'>;

/** Ports are listed only where one can't be found without: not every system is able to. */
export async function portsFor(wanted: readonly Wanted[]): Promise<readonly SerialPortRow[]> {
  const isByPath = wanted.every(({ port }) => port.usb === undefined && port.serial === undefined);
  // On Windows a port is no file, so its path alone says nothing.
  return isByPath && process.platform !== 'win32' ? [] : await listSerialPorts();
}

/** USB vendor and product as the boards file has them; null for a port that is not on USB. */
export function usbIdOf({ vendorId, productId }: SerialPortRow): string | null {
  return vendorId === null || productId === null ? null : `${vendorId}:${productId}`.toLowerCase();
}

/** A link, as those in /dev/serial/by-id are, means the port it leads to. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

export function isPortOf(port: SerialPortRow, { path, usb, serial, exec }: PortWords): boolean {
  if (exec !== undefined) return false;
  if (path !== undefined) return realPath(path) === realPath(port.path);
  return (
    (usb === undefined || usbIdOf(port) === usb) &&
    (serial === undefined || port.serialNumber?.toLowerCase() === serial.toLowerCase())
  );
}

export function portText({ path, usb, serial, exec }: PortWords): string {
  const parts = [
    path ?? exec,
    usb === undefined ? undefined : `USB ${usb}`,
    serial === undefined ? undefined : `serial number ${serial}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** The path of its port, or of the program in its place; null when it is absent. Two that fit are refused. */
export function findPort({ name, port }: Wanted, ports: readonly SerialPortRow[]): string | null {
  const path = port.path ?? port.exec;
  if (path !== undefined && existsSync(path)) return path;
  const found = ports.filter((row) => isPortOf(row, port));
  if (found.length > 1) {
    const each = found.map((row) => `${row.path} (serial number ${row.serialNumber ?? 'unknown'})`);
    throw new PortError(
      'which-board',
      `${name}: ${portText(port)} is at ${found.length} ports, ${each.join(' and ')}: write the serial number of the one that is meant into the boards file, or its path`,
    );
  }
  return found[0]?.path ?? null;
}

/** With two that fit it is there, too, though nobody knows which it is. */
export function isPresent({ port }: Wanted, ports: readonly SerialPortRow[]): boolean {
  const path = port.path ?? port.exec;
  return (path !== undefined && existsSync(path)) || ports.some((row) => isPortOf(row, port));
}

export function absent({ name, port }: Wanted): PortError {
  return new PortError(
    'no-board',
    `${name}: there is no such port (${portText(port)}). Plug the board in, with a cable that carries data, and look it up with "thecal list ports"`,
  );
}
