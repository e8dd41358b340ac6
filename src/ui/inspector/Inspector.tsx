export const Inspector = () => <p className="p-4 text-muted">Inspector</p>;
