/** The gradient panel: runs laid over each other, and a tab for every question about their gradients. */
import * as v from 'valibot';
import {
  fromGradients,
  type GradientPart,
  type GradientRun,
  mostRuns,
  toGradients,
} from '../../src/protocol/gradients.ts';
import { on } from '../../src/protocol/webview.ts';
import { createAnnouncer } from '../ui/announcer.ts';
import { createButton } from '../ui/controls.ts';
import { fileName, toCsv } from '../ui/csv.ts';
import { coalesced, element, icon } from '../ui/dom.ts';
import { whole } from '../ui/format.ts';
import { attachMenu } from '../ui/menu.ts';
import { connectHost } from '../ui/messaging.ts';
import { Tabs } from '../ui/tabs.ts';
import { t } from '../ui/words.ts';
import { ContributionView } from './contribution-view.ts';
import { HealthView } from './health-view.ts';
import { HistoryView } from './history-view.ts';
import { JacobianView } from './jacobian-view.ts';
import { LabView } from './lab-view.ts';
import { LagView } from './lag-view.ts';
import { MemoryView } from './memory-view.ts';
import { ReachView } from './reach-view.ts';
import { SaturationView } from './saturation-view.ts';
import { cssColour, distinctNames, freeColour, type SelectedRun } from './state.ts';
import type { View } from './view.ts';

const keptState = v.object({ runs: v.nullish(v.array(v.string()), null), tab: v.nullish(v.string(), null) });
type KeptState = v.InferOutput<typeof keptState>;

export class GradientsApp {
  private readonly root: HTMLElement;
  private readonly link;
  private readonly announcer;
  private readonly chips = element('div', {
    class: 'chips',
    role: 'group',
    'aria-label': t('Runs laid over each other'),
  });
  private readonly add = element('button', { type: 'button', class: 'chip add' }, t('+ add'));
  private readonly export = element('button', { type: 'button', class: 'chip add export' }, t('Export'));
  private readonly empty = element('div', { class: 'empty', hidden: true });
  private readonly lab = new LabView((question) => this.link.post(fromGradients.lab(question)));
  private readonly tabs: Tabs<View>;
  private runs: GradientRun[] = [];
  private selected: SelectedRun[] = [];
  private readonly draw = coalesced(() => {
    this.tabs.shown.set(this.selected);
    this.askWanted();
  });

  constructor(root: HTMLElement) {
    this.root = root;
    this.announcer = createAnnouncer(root);
    this.link = connectHost<KeptState>(
      (value): value is KeptState => v.is(keptState, value),
      [
        on(toGradients.runs, (message) => this.onRuns(message)),
        on(toGradients.progress, ({ run, part, fraction }) =>
          this.update(run, (selected) => {
            selected.jobs[part] = { fraction };
            delete selected.problems[part];
          }),
        ),
        on(toGradients.ended, ({ run, part, message }) =>
          this.update(run, (selected) => {
            delete selected.jobs[part];
            if (message !== null) selected.problems[part] = message;
          }),
        ),
        on(toGradients.result, ({ run, result }) =>
          this.update(run, (selected) => {
            Object.assign(selected.results, { [result.part]: result });
            if (result.part !== 'history') this.announcer.say(t('{0} is measured.', selected.name));
          }),
        ),
        on(toGradients.health, ({ run, health }) =>
          this.update(run, (selected) => {
            selected.health = health;
          }),
        ),
        on(toGradients.texts, ({ run, documents, vocabulary }) =>
          this.update(run, (selected) => {
            selected.texts = documents;
            selected.vocabulary = vocabulary;
            selected.reachProblem = null;
          }),
        ),
        on(toGradients.reach, (reach) =>
          this.update(reach.run, (selected) => {
            selected.reach = reach;
            selected.reachProblem = null;
          }),
        ),
        on(toGradients.lab, (lab) => this.lab.show(lab)),
        on(toGradients.reachFailed, ({ run, message }) =>
          this.update(run, (selected) => {
            selected.reachProblem = message;
          }),
        ),
      ],
    );
    const actions = {
      compute: (run: string, part: GradientPart) => this.link.post(fromGradients.compute({ run, part })),
      cancel: (run: string, part: GradientPart) => this.link.post(fromGradients.cancel({ run, part })),
      showLog: () => this.link.post(fromGradients.showLog({})),
      trainSame: () => {
        const first = this.selected[0];
        if (first) this.link.post(fromGradients.trainSame({ run: first.run.id }));
      },
    };
    this.tabs = new Tabs<View>(
      t('Gradient diagnostics'),
      'gradients-body',
      [
        new LagView(actions),
        new JacobianView(actions),
        new ReachView({
          texts: (run) => this.link.post(fromGradients.texts({ run })),
          reach: (question) => this.link.post(fromGradients.reach(question)),
        }),
        new ContributionView(actions),
        new MemoryView(actions),
        new SaturationView(actions),
        new HealthView(),
        new HistoryView(actions),
        this.lab,
      ],
      ({ id }) => {
        root.dataset.tab = id;
        this.link.remember({ tab: id });
        this.draw();
      },
    );
    this.build();
    this.tabs.show(this.link.restored?.tab ?? null);
    this.link.post(fromGradients.ready({ restore: this.link.restored?.runs?.slice(0, mostRuns) ?? null }));
  }

  private build(): void {
    attachMenu(this.add, t('Lay another run over'), () => this.addable());
    attachMenu(this.export, t('Export'), () => [
      { label: t('Picture (PNG)'), run: () => void this.exportPng() },
      { label: t('Numbers (CSV)'), run: () => this.exportCsv() },
    ]);
    this.root.append(
      element(
        'header',
        { class: 'head' },
        element(
          'div',
          { class: 'runs' },
          element('span', { class: 'caption' }, t('Runs laid over each other')),
          this.chips,
          this.add,
        ),
        this.export,
        this.tabs.node,
      ),
      this.tabs.body,
      this.empty,
    );
    this.root.classList.add('waiting');
  }

  private onRuns({ runs, selected, canTrain }: ReturnType<typeof toGradients.runs>['payload']): void {
    this.root.classList.remove('waiting');
    this.runs = runs;
    const chosen = selected.flatMap((id) => runs.find((run) => run.id === id) ?? []);
    const names = distinctNames(chosen);
    const before = new Map(this.selected.map((entry) => [entry.run.id, entry]));
    const taken = chosen.flatMap(({ id }) => before.get(id)?.colour ?? []);
    this.selected = chosen.map((run, i) => {
      const name = names[i]!;
      const known = before.get(run.id);
      if (known) {
        const other = known.run.on === run.on ? {} : { texts: null, reach: null, reachProblem: null };
        return { ...known, run, name, ...other };
      }
      const colour = freeColour(taken);
      taken.push(colour);
      const nothing = { health: null, texts: null, vocabulary: [], reach: null, reachProblem: null };
      return { run, name, colour, jobs: {}, problems: {}, results: {}, asked: new Set(), ...nothing };
    });
    this.link.remember({ runs: selected });
    this.empty.hidden = runs.length > 0;
    if (runs.length === 0) this.showEmpty(canTrain);
    this.showChips();
    this.draw();
  }

  private update(id: string, change: (selected: SelectedRun) => void): void {
    const selected = this.selected.find(({ run }) => run.id === id);
    if (!selected) return;
    change(selected);
    this.draw();
  }

  /** Computes what the shown view needs, once: what was cancelled or failed waits for its button. */
  private askWanted(): void {
    for (const part of this.tabs.shown.parts)
      for (const { run, results, jobs, problems, asked } of this.selected) {
        if (run.generation === null || results[part] || jobs[part] || problems[part] !== undefined || asked.has(part))
          continue;
        asked.add(part);
        this.link.post(fromGradients.compute({ run: run.id, part }));
      }
  }

  private select(runs: string[]): void {
    this.link.post(fromGradients.select({ runs }));
  }

  private showChips(): void {
    const ids = this.selected.map(({ run }) => run.id);
    this.chips.replaceChildren(
      ...this.selected.map(({ run, name, colour }) => {
        const remove = element(
          'button',
          { type: 'button', class: 'remove', 'aria-label': t('Take {0} away', name) },
          icon('close'),
        );
        remove.addEventListener('click', () => {
          this.select(ids.filter((id) => id !== run.id));
          this.add.focus();
        });
        const chip = element(
          'span',
          {
            class: 'chip',
            title: titleOf(run),
          },
          name,
          // The last one stays: a plot of nothing says nothing.
          ids.length > 1 ? remove : null,
        );
        chip.style.borderColor = cssColour(colour);
        return chip;
      }),
    );
    this.add.hidden = this.runs.length === ids.length;
  }

  private addable(): { label: string; hint?: string; disabled?: boolean; run(): void }[] {
    const ids = this.selected.map(({ run }) => run.id);
    const full = ids.length >= mostRuns;
    return this.runs
      .filter(({ id }) => !ids.includes(id))
      .map(({ id, name, label, generation }) => ({
        label: `${label} · ${name}`,
        ...(generation === null ? { hint: t('no checkpoint yet') } : full ? { hint: t('at most {0}', mostRuns) } : {}),
        disabled: generation === null || full,
        run: () => this.select([...ids, id]),
      }));
  }

  private exportName(): string {
    return fileName(this.tabs.shown.title.toLowerCase(), ...this.selected.map(({ name }) => name));
  }

  private exportCsv(): void {
    const rows = this.tabs.shown.table();
    if (rows) this.link.post(fromGradients.exportCsv({ name: this.exportName(), text: toCsv(rows) }));
    else this.announcer.say(t('There is nothing to export yet.'));
  }

  private async exportPng(): Promise<void> {
    const bytes = await this.tabs.shown.picture();
    if (bytes) this.link.post(fromGradients.exportPng({ name: this.exportName(), bytes }));
    else this.announcer.say(t('There is nothing to export yet.'));
  }

  private showEmpty(canTrain: boolean): void {
    const train = createButton(t('Train on Workspace'), () => this.link.post(fromGradients.train({})), 'primary');
    const sample = createButton(t('Explore the Sample Run'), () => this.link.post(fromGradients.openSample({})));
    this.empty.replaceChildren(
      element('h1', {}, t('No network to look into yet')),
      element(
        'p',
        {},
        canTrain
          ? t(
              'Train a small network on this workspace, then see here how far back its learning reaches. Everything stays on this machine.',
            )
          : t(
              'Open a folder with some code and train a small network on it, then see here how far back its learning reaches. Everything stays on this machine.',
            ),
      ),
      element('div', { class: 'buttons' }, canTrain ? train.node : null, sample.node),
    );
  }
}

function titleOf({ kind, name, on: text, trainedChars }: GradientRun): string {
  if (kind === 'run') return t('{0} · {1} characters trained', name, whole(trainedChars));
  return text === null ? t('{0}, a model file', name) : t('{0}, a model file, measured on {1}', name, text);
}
