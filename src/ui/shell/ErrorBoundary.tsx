import { Component, type ReactNode } from 'react';
import { formatDocument } from '@/formats/documentFile';
import { AppContext, type App } from '../useApp';
import { buttonLook } from './menu';

interface Props {
  /** What broke, as the message begins: `The canvas`. */
  readonly part: string;
  readonly children: ReactNode;
}
interface State {
  readonly error: Error | null;
}

/** A mistake of ours in one part of the screen: the network is whole in its store and can be taken away. */
export class ErrorBoundary extends Component<Props, State> {
  static override contextType = AppContext;
  declare context: App | null;
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  private readonly download = () => {
    const app = this.context;
    if (!app) return;
    const text = formatDocument(app.documents.getState().document);
    app.services.download('network.json', new Blob([text], { type: 'application/json' }));
  };

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert" className="grid h-full place-items-center p-6">
        <div className="flex max-w-[420px] flex-col items-start gap-3">
          <p>
            <span className="font-semibold text-error">{this.props.part} broke.</span> Your network is safe: {error.message}
          </p>
          <div className="flex gap-2">
            <button type="button" className={buttonLook} onClick={() => this.setState({ error: null })}>
              Try again
            </button>
            <button type="button" className={buttonLook} onClick={this.download}>
              Download the network
            </button>
          </div>
        </div>
      </div>
    );
  }
}
