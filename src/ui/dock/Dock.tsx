export const Dock = () => <p className="p-4 text-muted">Dock</p>;
