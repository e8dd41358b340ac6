import { type AheadJob, prepareAhead } from './ahead';

addEventListener('message', ({ data }: MessageEvent<AheadJob>) => {
  prepareAhead(data);
  close();
});
