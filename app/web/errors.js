// Errors with a name and what mends them, as the server's have.

export class ParlorError extends Error {
  constructor(code, message, fix, retryAfterS = null) {
    super(message);
    Object.assign(this, { name: "ParlorError", code, fix, retry_after_s: retryAfterS });
  }
}
