/* One selling tab per register. A second tab waits its turn and takes over when the first one closes. */

export async function holdRegister(name: string, onWaiting: () => void): Promise<void> {
  await new Promise<void>((held, failed) => {
    const forever = new Promise<never>(() => undefined);
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock) {
          held();
          return forever;
        }
        onWaiting();
        navigator.locks
          .request(name, () => {
            held();
            return forever;
          })
          .catch(failed);
        return undefined;
      })
      .catch(failed);
  });
}
