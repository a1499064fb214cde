/** What the evidence for a cell says, in words: one line for a list, all of it for a tooltip and a screen reader. */
import { halfWay, type Lack } from '../../core/cells/naming.ts';
import type { Stage } from '../../core/cells/progress.ts';
import type { CandidateReport, GradedReport } from '../../core/cells/report.ts';
import type { Standing } from '../../core/cells/standing.ts';
import type { CellsFile, Outdated } from '../../core/formats/cells-file.ts';
import { quantityLabels, signed } from '../editor/labels.ts';

export const stageWords: Record<Stage, string> = {
  sample: 'reading a sample',
  validation: 'scoring the validation files',
  test: 'scoring the test files',
  untrained: 'against untrained networks',
  shifts: 'against shifted labels',
  ablation: 'clamping cells',
  probe: 'probing several cells together',
};

/** A base rate with the digits that it needs: `0.10`, `0.003`. */
export function baseText(base: number): string {
  return base.toFixed(base < 0.01 ? 3 : 2);
}

/** `0·14`. */
export function cellText({ layer, cell }: Pick<CandidateReport, 'layer' | 'cell'>): string {
  return `${layer}·${cell}`;
}

/** `AP 0.97 (base 0.10) · 95 % 0.95–0.98 · p 0.010 · clamp +0.301 (95 % of others ≤ +0.020)`. */
export function evidenceLine(standing: Standing): string {
  const { concept, candidate } = standing;
  return [`AP ${candidate.ap.toFixed(2)} (base ${baseText(concept.base)})`, ...measuredParts(standing)].join(' · ');
}

/** The same for a narrow view, shortest first: `AP 0.97 / 0.10 · 0·14 · …`. */
export function shortEvidenceLine(standing: Standing): string {
  const { concept, candidate } = standing;
  const score = `AP ${candidate.ap.toFixed(2)} / ${baseText(concept.base)}`;
  return [score, cellText(candidate), ...measuredParts(standing)].join(' · ');
}

/** Confidence, chance and cause; what was not measured is left out. */
function measuredParts({ candidate: { confidence, shift, ablation } }: Standing): string[] {
  return [
    confidence && `95 % ${confidence[0].toFixed(2)}–${confidence[1].toFixed(2)}`,
    shift && `p ${shift.adjusted.toFixed(3)}`,
    ablation && `clamp ${signed(ablation.inside, 3)} (95 % of others ≤ ${signed(ablation.control, 3)})`,
  ].filter((part) => part !== null);
}

/** What a candidate lacks for a name; empty where it has one. What was not measured for want of precision is not told. */
export function lackWords({ concept: { base }, candidate }: Standing): string[] {
  if (candidate.named) return [];
  const { lacks, sampleAp, untrained, randomLabels, shift, ablation } = candidate;
  const words: Record<Lack, string | null> = {
    precision: `AP of at least ${halfWay(base).toFixed(2)}`,
    untrained: untrained && `AP above ${Math.max(...untrained).toFixed(2)}, the best of untrained networks`,
    'random-labels':
      randomLabels && `AP above ${Math.max(...randomLabels).toFixed(2)}, the best with random labels by character`,
    chance: shift && `p below 0.05 (${shift.adjusted.toFixed(3)})`,
    cause: ablation
      ? 'a rise of the loss when it is clamped, above that of 95 % of matched cells'
      : 'enough places where its clamping could matter',
  };
  const measured = sampleAp !== null || !lacks.includes('precision');
  const told = lacks.flatMap((lack) => (lack === 'precision' || measured ? (words[lack] ?? []) : []));
  return told.length > 0 ? told : ['evidence, which is still being gathered'];
}

/** The whole evidence, a name and a value each. */
export function evidenceRows(standing: Standing): [string, string][] {
  const { concept, candidate } = standing;
  const { quantity, sign, ap, validationAp, f1, iou, pearson, confidence, shift, ablation } = candidate;
  const { untrained, randomLabels } = candidate;
  const rows: ([string, string] | null)[] = [
    ['Cell', `layer ${candidate.layer}, cell ${candidate.cell}, ${quantityLabels[quantity]}`],
    ['On', sign > 0 ? 'where the value is high' : 'where the value is low'],
    ['Average precision', `${ap.toFixed(3)} on test files, ${validationAp.toFixed(3)} on validation files`],
    ['Base rate', `${concept.base.toFixed(3)}, ${concept.positives} of ${concept.scored} characters`],
    confidence && ['95 % interval', `${confidence[0].toFixed(3)} to ${confidence[1].toFixed(3)}, bootstrap over files`],
    ['At its threshold', `F1 ${f1.toFixed(2)}, IoU ${iou.toFixed(2)}; Pearson ${signed(pearson)}`],
    untrained && [
      'Untrained networks',
      `AP at most ${Math.max(...untrained).toFixed(3)} (${untrained.length} networks)`,
    ],
    randomLabels && ['Random labels by character', `AP at most ${Math.max(...randomLabels).toFixed(3)}`],
    shift && ['Shifted labels', `p ${shift.adjusted.toFixed(3)} after Holm’s correction, ${shift.shifts} shifts`],
    ablation && [
      'Clamped to its mean',
      `loss ${signed(ablation.inside, 3)} nats where the concept ends, ${signed(ablation.outside, 3)} elsewhere; 95 % of ${ablation.controls} matched cells at most ${signed(ablation.control, 3)}`,
    ],
  ];
  return rows.filter((row) => row !== null);
}

/** For a screen reader. */
export function spokenEvidence(standing: Standing): string {
  const { concept, candidate } = standing;
  const { layer, cell, ap, named } = candidate;
  const head = named
    ? `${concept.name}: layer ${layer}, cell ${cell}, named.`
    : `${concept.name}: layer ${layer}, cell ${cell}, best candidate without a name.`;
  const rest = named ? '' : ` It lacks ${lackWords(standing).join('; ')}.`;
  return `${head} Average precision ${ap.toFixed(2)}, base rate ${baseText(concept.base)}.${rest}`;
}

/** `Pearson +0.91 · Spearman +0.90`. */
export function gradedLine({ best: [first] }: GradedReport): string {
  return first ? `Pearson ${signed(first.pearson)} · Spearman ${signed(first.spearman)}` : '';
}

/** How much was found, and on what. */
export function foundWords({ report, texts, generation }: CellsFile): string {
  const { validation, test, withoutGrammar } = texts;
  const found = `${report.named} of ${report.named + report.unnamed} named at checkpoint ${generation}, chosen on ${validation.files} validation files and shown on ${test.files} test files`;
  return withoutGrammar.length === 0
    ? found
    : `${found}; of concepts, only those read from text alone count in ${withoutGrammar.join(', ')}`;
}

/** Why what was found is not the last word, null where it is. */
export function outdatedWords(outdated: Outdated, generation: number): string | null {
  if (outdated.generation && outdated.concepts)
    return `Found at checkpoint ${generation}: the run was trained on since, and concepts have changed.`;
  if (outdated.generation) return `Found at checkpoint ${generation}: the run was trained on since.`;
  if (outdated.concepts) return 'Concepts have changed since these were found.';
  return outdated.quantities ? 'Other gates are asked for than those that were scored.' : null;
}
