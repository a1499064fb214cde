/** From reports of cells and their evidence to what the cells panel shows. */
import type { CandidateReport, CellsReport } from '../../core/cells/report.ts';
import type { Standing } from '../../core/cells/standing.ts';
import { concepts as builtIn } from '../../core/concepts/registry.ts';
import type { UserConcept } from '../../core/concepts/user-defined.ts';
import type { MeasuredSides } from '../../core/formats/cells-file.ts';
import type { MetricPoint } from '../../core/formats/manifest.ts';
import type { Quantity } from '../../core/model/spec.ts';
import { t, translated } from '../../core/words.ts';
import type {
  BaselineAnswer,
  BirthPoint,
  CellRequest,
  ClampAnswer,
  PictureAnswer,
  PictureRequest,
  PlacedSnippet,
} from '../../protocol/cell-evidence-service.ts';
import type {
  CellsRun,
  ShownBaseline,
  ShownBirth,
  ShownCandidate,
  ShownCells,
  ShownClamp,
  ShownPicture,
  ShownScores,
  ShownSnippet,
} from '../../protocol/cells.ts';
import { conceptName } from '../cells/concept-name.ts';
import { lackWords } from '../cells/words.ts';
import type { RunEntry } from '../contracts.ts';
import { corpusName } from './gradients-messages.ts';
import { networkName } from './training-messages.ts';

type Place = Pick<CellRequest, 'layer' | 'cell'>;

/** `generation`: the checkpoint that would be measured now. */
export function cellsRun({ id, manifest }: RunEntry, generation: number | null): CellsRun {
  return {
    id,
    name: manifest.name,
    label: networkName(manifest),
    layers: manifest.spec.layers.map(({ cell, hiddenSize }) => ({ cell, hiddenSize })),
    generation,
    generations: manifest.generations.map(({ number, trainedChars }) => ({ number, trainedChars })),
    running: manifest.state === 'running' || manifest.state === 'paused',
    corpus: corpusName(manifest.corpus),
  };
}

/** `texts` is null while it is being measured. */
export function shownCells(
  report: CellsReport,
  generation: number,
  texts: MeasuredSides | null,
  userConcepts: readonly UserConcept[],
  quantities: readonly Quantity[],
): ShownCells {
  const descriptions = new Map([
    ...builtIn.map(({ id, description }) => [id, translated(description)] as const),
    ...userConcepts.map(
      ({ name, pattern, description }) => [`user:${name}`, description ?? t('Matches of {0}.', pattern)] as const,
    ),
  ]);
  return {
    generation,
    texts,
    quantities: [...quantities],
    chars: report.chars,
    named: report.named,
    unnamed: report.unnamed,
    complete: report.complete,
    concepts: report.concepts.map((concept) => ({
      id: concept.concept,
      name: conceptName(concept),
      description: descriptions.get(concept.concept) ?? '',
      base: concept.base,
      positives: concept.positives,
      scored: concept.scored,
      best: concept.best.map((candidate) => shownCandidate({ concept, candidate })),
      probes: concept.probes?.map(({ k, averagePrecision }) => ({ k, ap: averagePrecision })) ?? null,
    })),
    graded: report.graded.map(({ concept, name, chars, best }) => ({
      id: concept,
      name: conceptName({ concept, name }),
      description: descriptions.get(concept) ?? '',
      chars,
      best,
    })),
  };
}

function shownCandidate(standing: Standing): ShownCandidate {
  const { layer, cell, quantity, sign, ap, f1, iou, pearson, threshold, confidence, ablation, named } =
    standing.candidate;
  const { shift, untrained, randomLabels } = standing.candidate;
  return {
    layer,
    cell,
    quantity,
    sign,
    ap,
    f1,
    iou,
    pearson,
    threshold: finiteOrNull(threshold),
    confidence,
    p: shift?.adjusted ?? null,
    shifts: shift?.shifts ?? null,
    untrained: highest(untrained),
    randomLabels: highest(randomLabels),
    ablation,
    named,
    lacks: lackWords(standing),
  };
}

function highest(values: CandidateReport['untrained']): number | null {
  return values && values.length > 0 ? Math.max(...values) : null;
}

export function shownPicture(
  run: string,
  { layer, cell, quantity, sign, concept }: Omit<PictureRequest, 'model' | 'userConcepts' | 'quantities'>,
  { portrait, snippets, ...rest }: PictureAnswer,
): ShownPicture {
  const { low, high, inside, outside } = portrait.histogram;
  return {
    run,
    ...rest,
    layer,
    cell,
    quantity,
    sign,
    concept,
    histogram: { low, high, inside: [...inside], outside: [...outside] },
    courses: portrait.courses.map((course) => ({
      quantity: course.quantity,
      opening: Array.from(course.opening, finiteOrNull),
      closing: Array.from(course.closing, finiteOrNull),
    })),
    openings: portrait.openings,
    closings: portrait.closings,
    snippets: {
      top: snippets.top.map(shownSnippet),
      middle: snippets.middle.map(shownSnippet),
      random: snippets.random.map(shownSnippet),
    },
  };
}

function shownSnippet({ path, line, index, start, text, values }: PlacedSnippet): ShownSnippet {
  return { path, line, index, start, text, values: Array.from(values, (value) => finiteOrNull(value) ?? 0) };
}

export function shownScores(
  run: string,
  { layer, cell }: Place,
  generation: number,
  scores: { concepts: readonly Standing[]; graded: ShownGradedScore[]; chars: ShownScores['chars'] },
): ShownScores {
  return {
    run,
    generation,
    layer,
    cell,
    chars: scores.chars,
    concepts: scores.concepts.map((standing) => ({
      id: standing.concept.concept,
      name: conceptName(standing.concept),
      base: standing.concept.base,
      candidate: shownCandidate(standing),
    })),
    graded: scores.graded.map(({ concept, name, best }) => ({
      id: concept,
      name: conceptName({ concept, name }),
      score: best,
    })),
  };
}
type ShownGradedScore = { concept: string; name: string; best: ShownScores['graded'][number]['score'] };

export function shownClamp(run: string, { layer, cell }: Place, answer: ClampAnswer): ShownClamp {
  return { run, layer, cell, ...answer };
}

/** `wanted` with the names of the concepts, in their order. */
export function shownBirth(
  run: string,
  wanted: ShownBirth['concepts'],
  points: readonly BirthPoint[],
  chars: ShownBirth['chars'],
): ShownBirth {
  return {
    run,
    chars,
    concepts: wanted,
    points: [...points]
      .sort((a, b) => a.trainedChars - b.trainedChars)
      .map(({ generation, trainedChars, concepts }) => ({
        generation,
        trainedChars,
        concepts: concepts.map(({ concept, base, best: { ap, layer, cell }, followed }) => ({
          id: concept,
          base,
          ap,
          layer,
          cell,
          followed,
        })),
      })),
  };
}

export function shownBaseline(run: string, { wins, ...rest }: BaselineAnswer): ShownBaseline {
  return {
    run,
    ...rest,
    wins: { network: wins.network.map(shownSnippet), baseline: wins.baseline.map(shownSnippet) },
  };
}

export function lossesOf(points: readonly MetricPoint[]): { chars: number; nats: number }[] {
  return points.flatMap(({ chars, validationNats }) =>
    validationNats !== undefined && Number.isFinite(validationNats) ? [{ chars, nats: validationNats }] : [],
  );
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
