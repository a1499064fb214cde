/** The cells panel's questions to its worker, about the model that the report is of. */
import type { BirthPoint, EvidenceRequest, LabelledConcept } from '../../protocol/cell-evidence-service.ts';
import { type fromCells, type ShownBirth, toCells } from '../../protocol/cells.ts';
import type { CellsStore } from '../cells/cells-store.ts';
import { conceptName } from '../cells/concept-name.ts';
import { measuredGeneration } from '../cells/run-cells.ts';
import { configuredConcepts, configuredQuantities } from '../cells/settings.ts';
import { runReference } from '../commands/runs.ts';
import type { RunEntry } from '../contracts.ts';
import type { AskOptions, CellsEvidence } from './cells-evidence.ts';
import { shownBaseline, shownBirth, shownClamp, shownPicture, shownScores } from './cells-messages.ts';

type Asked<K extends keyof typeof fromCells> = ReturnType<(typeof fromCells)[K]>['payload'];

export class CellsQuestions {
  private readonly cells: CellsStore;
  private readonly evidence: CellsEvidence;
  private readonly entryOf: (run: string) => RunEntry | undefined;

  constructor(cells: CellsStore, evidence: CellsEvidence, entryOf: (run: string) => RunEntry | undefined) {
    this.cells = cells;
    this.evidence = evidence;
    this.entryOf = entryOf;
  }

  /** The model that the report is about where it is still kept, else the one that would be measured now. */
  private requestOf(entry: RunEntry): { request: EvidenceRequest; key: string; patterns: string } | null {
    const file = this.cells.reportOf(entry.id);
    const kept = entry.manifest.generations.some(({ number }) => number === file?.generation);
    const generation = file && kept ? file.generation : measuredGeneration(entry);
    if (generation === null) return null;
    const concepts = file?.userConcepts ?? configuredConcepts();
    const quantities = file?.quantities ?? configuredQuantities(entry.manifest.spec);
    return {
      request: { model: runReference(entry, generation), userConcepts: concepts, quantities },
      key: JSON.stringify([entry.id, generation, concepts, quantities]),
      patterns: JSON.stringify([entry.id, concepts]),
    };
  }

  cell({ run, layer, cell, quantity, sign, concept }: Asked<'cell'>): void {
    const entry = this.entryOf(run);
    const asked = entry && this.requestOf(entry);
    if (!asked) return;
    const place = { layer, cell };
    const key = JSON.stringify([asked.key, layer, cell]);
    const question = { ...place, quantity, sign: sign as 1 | -1, concept };
    const { patterns } = asked;
    void this.evidence.answer(
      { run, job: 'picture', key: JSON.stringify([key, question]), patterns },
      async (remote, options) => {
        const request = { ...asked.request, ...question };
        return toCells.picture(
          shownPicture(run, question, await remote.call('pictureCell', request, fractions(options))),
        );
      },
    );
    void this.evidence.answer({ run, job: 'scores', key: `scores ${key}`, patterns }, async (remote, options) => {
      const answer = await remote.call('scoreCell', { ...asked.request, ...place }, fractions(options));
      return toCells.scores(shownScores(run, place, answer.generation, answer));
    });
    void this.evidence.answer({ run, job: 'clamp', key: `clamp ${key}`, patterns }, async (remote, options) => {
      const answer = await remote.call('clampCell', { ...asked.request, ...place }, fractions(options));
      return toCells.clamp(shownClamp(run, place, answer));
    });
  }

  birth({ run, concepts }: Asked<'birth'>): void {
    const entry = this.entryOf(run);
    const asked = entry && this.requestOf(entry);
    if (!asked) return;
    const report = this.cells.measuring(run)?.report ?? this.cells.reportOf(run)?.report;
    const wanted = concepts.flatMap((id) => {
      const concept = report?.concepts.find((one) => one.concept === id);
      const first = concept?.best[0];
      return concept && first ? [{ concept, first }] : [];
    });
    if (wanted.length === 0) return;
    const generations = entry.manifest.generations.map(({ number }) => number);
    const shown: ShownBirth['concepts'] = wanted.map(({ concept, first: { layer, cell } }) => ({
      id: concept.concept,
      name: conceptName(concept),
      followed: { layer, cell },
    }));
    const key = JSON.stringify(['birth', asked.key, generations, shown]);
    const { patterns } = asked;
    void this.evidence.answer({ run, job: 'birth', key, patterns }, async (remote, options) => {
      const points: BirthPoint[] = [];
      const answer = await remote.call(
        'birthOfCells',
        {
          ...asked.request,
          // The latest first: it is what the report is about.
          generations: generations.toReversed(),
          wanted: wanted.map(({ concept, first: { layer, cell, quantity, sign } }) => ({
            concept: concept.concept,
            followed: { layer, cell, quantity, sign },
          })),
        },
        following<{ fraction: number; point?: BirthPoint }>(options, ({ fraction, point }) => {
          options.onFraction(fraction);
          if (!point) return;
          points.push(point);
          options.onPartial(toCells.birth(shownBirth(run, shown, points, null)));
        }),
      );
      return toCells.birth(shownBirth(run, shown, answer.points, answer.chars));
    });
  }

  baseline({ run, order }: Asked<'baseline'>): void {
    const entry = this.entryOf(run);
    const asked = entry && this.requestOf(entry);
    if (!asked) return;
    void this.evidence.answer(
      { run, job: 'baseline', key: JSON.stringify(['baseline', asked.key, order]), patterns: asked.patterns },
      async (remote, options) => {
        const told = following<{ learning: boolean; fraction: number }>(options, ({ learning, fraction }) =>
          options.onFraction(learning ? null : fraction),
        );
        const answer = await remote.call('compareBaseline', { ...asked.request, order }, told);
        return toCells.baseline(shownBaseline(run, answer));
      },
    );
  }
}

/** Options of a call whose progress is `tell`'s; what is labelled meanwhile is watched. */
function following<P extends object>({ signal, onLabelling }: AskOptions, tell: (progress: P) => void) {
  const onProgress = (told: P | LabelledConcept): void => {
    if ('labelling' in told) onLabelling(told.labelling);
    else tell(told);
  };
  return { signal, onProgress };
}

function fractions(options: AskOptions) {
  return following<{ fraction: number }>(options, ({ fraction }) => options.onFraction(fraction));
}
