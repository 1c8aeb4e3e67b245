/** The port itself: what it says when it can't be opened, and that both directions live again after it was gone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Pty } from '../../hal/espruino/pty.ts';
import { SerialLine } from '../../hal/espruino/serial-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'thecal-line-'));
const link = join(folder, 'port');
const open: { close(): unknown }[] = [];

async function device(): Promise<Pty> {
  const pty = await Pty.open(link);
  open.push(pty);
  pty.onData((bytes) => pty.write(bytes));
  return pty;
}

async function line(): Promise<SerialLine> {
  const port = await SerialLine.open(link);
  open.push(port);
  return port;
}

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

describe('a serial line', () => {
  it('gives whole lines, and null when none comes', async () => {
    await device();
    const port = await line();
    port.write('one\ntwo');
    expect(await port.receive(2000)).toBe('one');
    expect(await port.receive(50)).toBeNull();
    port.write(' and a half\n');
    expect(await port.receive(2000)).toBe('two and a half');
    expect(port.traffic).toEqual({ bytesOut: 19, bytesIn: 19 });
  });

  it('names what keeps it from opening', async () => {
    await expect(SerialLine.open(join(folder, 'nothing'))).rejects.toThrow(/there is no such port/);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(SerialLine.open(file)).rejects.toMatchObject({ name: 'InfrastructureError' });
    await device();
    await line();
    await expect(SerialLine.open(link)).rejects.toThrow(/another program has this port open/);
  });

  it('speaks again after the device was gone and is there again', async () => {
    const first = await device();
    const port = await line();
    port.write('here\n');
    expect(await port.receive(2000)).toBe('here');
    first.close();
    // Seen at once or not at all: the system tells of it, but not of every port in one and the same process.
    await expect(port.receive(200))
      .rejects.toThrow(/vanished/)
      .catch(() => undefined);
    await device();
    await port.reopen();
    port.write('here again\n');
    expect(await port.receive(2000)).toBe('here again');
  });

  it('the link of a pseudo-terminal goes with it, and is never put over a file', async () => {
    const pty = await device();
    expect(pty.path).toBe(link);
    pty.close();
    await expect(SerialLine.open(link)).rejects.toThrow(/there is no such port/);
    const file = join(folder, 'precious');
    writeFileSync(file, 'kept');
    await expect(Pty.open(file)).rejects.toThrow(/there is something that is no link/);
    rmSync(folder, { recursive: true, force: true });
  });
});
