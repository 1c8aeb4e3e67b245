/** HOST: which serial ports this machine has. */

export interface SerialPortRow {
  readonly path: string;
  readonly manufacturer: string | null;
  readonly serialNumber: string | null;
  /** USB vendor and product, four hex digits each. */
  readonly vendorId: string | null;
  readonly productId: string | null;
}

/** The package's own type of this is in a package whose types don't resolve. */
type Listed = { readonly path: string } & {
  readonly [K in 'manufacturer' | 'serialNumber' | 'vendorId' | 'productId']?: string;
};

/** The machine cannot say which ports it has; the message says what would help. */
export class SerialPortError extends Error {
  override readonly name = 'InfrastructureError';
  /** For a cell of a table. */
  readonly short: string;

  constructor(short: string, message: string) {
    super(message);
    this.short = short;
  }
}

export async function listSerialPorts(): Promise<SerialPortRow[]> {
  const { SerialPort } = await import('serialport');
  try {
    const ports = (await SerialPort.list()) as readonly Listed[];
    return ports.map(({ path, manufacturer, serialNumber, vendorId, productId }) => ({
      path,
      manufacturer: manufacturer ?? null,
      serialNumber: serialNumber ?? null,
      vendorId: vendorId ?? null,
      productId: productId ?? null,
    }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes('udevadm') && message.includes('ENOENT')) {
      throw new SerialPortError(
        'no udevadm',
        'ports are looked up through udevadm, which is not installed here (Debian: package udev); a port can still be named by its path, such as /dev/ttyACM0',
      );
    }
    throw new SerialPortError(message, `the system would not list its ports: ${message}`);
  }
}
