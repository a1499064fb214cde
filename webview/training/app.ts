/** The training panel: one run's curves, its samples and checkpoints, and the buttons that its state allows. */
import * as v from 'valibot';
import { fromTraining, type LiveProgress, type ShownRun, toTraining } from '../../src/protocol/training-panel.ts';
import { on } from '../../src/protocol/webview.ts';
import { createButton, createDropdown, createProgressBar } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { connectHost } from '../ui/messaging.ts';
import { t } from '../ui/words.ts';
import { CheckpointTable } from './checkpoints.ts';
import { Curves } from './curves.ts';
import { SamplePane } from './samples.ts';
import { advice, factsLine, ngramWords, progressLine, splitInsideWords, stateWords } from './words.ts';

const keptState = v.object({ run: v.nullish(v.string(), null), table: v.nullish(v.boolean(), false) });
type KeptState = v.InferOutput<typeof keptState>;
type Snapshot = ReturnType<typeof toTraining.snapshot>['payload'];

export class TrainingApp {
  private readonly root: HTMLElement;
  private readonly link;
  private readonly runs = createDropdown(t('Run'), (id) => this.link.post(fromTraining.selectRun({ id })));
  private readonly badge = element('span', { class: 'badge' });
  private readonly description = element('span', { class: 'description' });
  private readonly pause = createButton(t('Pause'), () => this.link.post(fromTraining.pause({})));
  private readonly resume = createButton(
    t('Resume'),
    () => this.withRun((id) => fromTraining.resume({ id })),
    'primary',
  );
  private readonly stop = createButton(t('Stop'), () => this.link.post(fromTraining.stop({})));
  private readonly longer = createButton(t('Train Longer…'), () =>
    this.withRun((id) => fromTraining.trainLonger({ id })),
  );
  private readonly heatmap = createButton(t('Open Heatmap'), () =>
    this.withRun((id) => fromTraining.openHeatmap({ id, generation: null })),
  );
  private readonly tableButton = createButton(t('Table'), () => this.showTable(!this.table));
  private readonly progress = createProgressBar(t('Training'));
  private readonly line = element('div', { class: 'progress-line' });
  private readonly facts = element('div', { class: 'facts' });
  private readonly advice = element('div', { class: 'advice', role: 'status', hidden: true });
  private readonly adviceText = element('span');
  private readonly log = createButton(t('Show Log'), () => this.link.post(fromTraining.showLog({})));
  private readonly curves = new Curves();
  private readonly samples = new SamplePane();
  private readonly checkpoints = new CheckpointTable((generation) =>
    this.withRun((id) => fromTraining.openHeatmap({ id, generation })),
  );
  private readonly empty = element('div', { class: 'empty' });
  private run: ShownRun | null = null;
  private live: LiveProgress | null = null;
  private table = false;

  constructor(root: HTMLElement) {
    this.root = root;
    this.link = connectHost<KeptState>(
      (value): value is KeptState => v.is(keptState, value),
      [
        on(toTraining.snapshot, (snapshot) => this.onSnapshot(snapshot)),
        on(toTraining.progress, ({ run, live, points, sample }) => {
          if (run !== this.run?.id) return;
          this.live = live;
          this.curves.add(points);
          if (sample) this.samples.add(sample);
          this.showState();
        }),
        on(toTraining.run, ({ run }) => {
          if (run.id !== this.run?.id) return;
          this.run = run;
          this.curves.setRun(run);
          this.checkpoints.set(run);
          this.showState();
        }),
      ],
    );
    this.build();
    this.showTable(this.link.restored?.table ?? false);
    this.link.post(fromTraining.ready({ restore: this.link.restored?.run ?? null }));
  }

  private build(): void {
    this.advice.append(this.adviceText, this.log.node);
    this.root.append(
      element(
        'header',
        { class: 'head' },
        element('div', { class: 'title' }, this.runs.node, this.badge, this.description),
        element(
          'div',
          { class: 'buttons', role: 'toolbar', 'aria-label': t('Training') },
          this.resume.node,
          this.pause.node,
          this.stop.node,
          this.longer.node,
          this.heatmap.node,
          this.tableButton.node,
        ),
        this.progress.node,
        element('div', { class: 'lines' }, this.line, this.facts),
      ),
      this.advice,
      element(
        'main',
        { class: 'body' },
        this.curves.node,
        element('aside', { class: 'side' }, this.samples.node, this.checkpoints.node),
      ),
      this.empty,
    );
    this.root.classList.add('waiting');
  }

  private onSnapshot(snapshot: Snapshot): void {
    this.root.classList.remove('waiting');
    this.run = snapshot.run;
    this.live = snapshot.live;
    this.runs.set(
      snapshot.runs.map(({ id, name }) => ({ value: id, label: name })),
      snapshot.run?.id ?? null,
    );
    this.empty.hidden = snapshot.run !== null;
    if (!snapshot.run) {
      this.showEmpty(snapshot.canTrain);
      return;
    }
    this.link.remember({ run: snapshot.run.id });
    this.curves.set(snapshot.run, snapshot.points);
    this.samples.set(snapshot.samples, snapshot.live !== null);
    this.checkpoints.set(snapshot.run);
    this.showState();
  }

  private showState(): void {
    const { run, live } = this;
    if (!run) return;
    const state = live?.state ?? run.state;
    const here = live !== null;
    this.badge.textContent = stateWords[state];
    this.badge.className = `badge ${state}`;
    this.description.textContent = run.description;
    this.pause.show(here && state === 'running');
    this.stop.show(here && (state === 'running' || state === 'paused'));
    this.resume.show(
      state === 'paused' || state === 'interrupted' || (state === 'failed' && run.generations.length > 0),
    );
    this.longer.show(!here && state === 'finished');
    this.heatmap.show(run.generations.length > 0);
    const line = progressLine(run, live);
    this.line.textContent = line;
    this.progress.node.hidden = !here;
    if (live) this.progress.set(live.phase === 'preparing' ? null : live.fraction, line);
    this.facts.textContent = factsLine(run);
    const details = [
      run.text.splitInsideFiles && splitInsideWords(),
      run.ngram && ngramWords(run.ngram, this.curves.bestHeldOut),
    ];
    this.facts.title = details.filter(Boolean).join('\n');
    const words = live?.message ?? advice({ ...run, state });
    this.advice.hidden = !words;
    this.advice.classList.toggle('failed', state === 'failed');
    // How a training ended is no warning.
    this.advice.classList.toggle('plain', state === 'finished');
    this.log.show(state !== 'finished');
    this.adviceText.textContent = words;
  }

  private showTable(table: boolean): void {
    this.table = table;
    this.tableButton.label(table ? t('Curves') : t('Table'));
    this.curves.showTable(table);
    this.link.remember({ table });
  }

  private showEmpty(canTrain: boolean): void {
    const train = createButton(t('Train on Workspace'), () => this.link.post(fromTraining.train({})), 'primary');
    const sample = createButton(t('Explore the Sample Run'), () => this.link.post(fromTraining.openSample({})));
    this.empty.replaceChildren(
      element('h1', {}, t('No training yet')),
      element(
        'p',
        {},
        canTrain
          ? t(
              'Train a small network on this workspace and watch it learn: its loss, its gradients, and what it writes. Everything stays on this machine.',
            )
          : t('Open a folder with some code, then train a small network on it. Everything stays on this machine.'),
      ),
      element('div', { class: 'buttons' }, canTrain ? train.node : null, sample.node),
    );
  }

  private withRun(message: (id: string) => Parameters<typeof this.link.post>[0]): void {
    if (this.run) this.link.post(message(this.run.id));
  }
}
