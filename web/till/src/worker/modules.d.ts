declare module 'virtual:engine' {
  export const files: Record<string, string>;
  export const version: string;
}
declare module '@micropython/micropython-webassembly-pyscript/micropython.mjs' {
  export function loadMicroPython(options: { url: string; heapsize: number; pystack: number }): Promise<{
    FS: { mkdir(path: string): void; writeFile(path: string, text: string): void };
    globals: { get(name: string): unknown };
    runPython(code: string): unknown;
  }>;
}
