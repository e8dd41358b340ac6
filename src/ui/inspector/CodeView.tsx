import { useEffect, useRef, useState } from 'react';
import { tokens, type TokenKind } from './json';

const lineHeight = 18;
/** Lines drawn beyond the visible ones, so that scrolling shows no gaps. */
const margin = 30;

const colours: Readonly<Record<TokenKind, string | undefined>> = {
  key: 'var(--accent)',
  text: 'var(--good)',
  number: 'var(--family-activation)',
  word: 'var(--family-normalisation)',
  plain: undefined,
};

/** Read-only JSON of any length: only the lines in view are drawn. */
export function CodeView({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = text.split('\n');
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  const first = Math.max(0, Math.floor(view.top / lineHeight) - margin);
  const last = Math.min(lines.length, Math.ceil((view.top + view.height) / lineHeight) + margin);
  const digits = String(lines.length).length;
  return (
    <div
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={0}
      className="mono min-h-0 flex-1 overflow-auto rounded-[9px] border border-line text-xs"
      style={{ lineHeight: `${lineHeight}px` }}
    >
      <div
        style={{ paddingTop: first * lineHeight, paddingBottom: (lines.length - last) * lineHeight }}
        className="w-max min-w-full"
      >
        {lines.slice(first, last).map((line, offset) => (
          <div key={first + offset} className="flex pr-3 whitespace-pre" style={{ height: lineHeight }}>
            <span
              aria-hidden
              className="shrink-0 pr-3 pl-2.5 text-right text-faint select-none"
              style={{ width: `calc(${digits}ch + 22px)` }}
            >
              {first + offset + 1}
            </span>
            <code className="font-[inherit]">
              {tokens(line).map((token, index) => (
                <span key={index} style={{ color: colours[token.kind] }}>
                  {token.text}
                </span>
              ))}
            </code>
          </div>
        ))}
      </div>
    </div>
  );
}
