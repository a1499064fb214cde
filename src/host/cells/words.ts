/** What the evidence for a cell says, in words: one line for a list, all of it for a tooltip and a screen reader. */
import { halfWay, type Lack } from '../../core/cells/naming.ts';
import type { Stage } from '../../core/cells/progress.ts';
import type { CandidateReport, GradedReport } from '../../core/cells/report.ts';
import type { Standing } from '../../core/cells/standing.ts';
import type { CellsFile, Outdated } from '../../core/formats/cells-file.ts';
import { t } from '../../core/words.ts';
import { quantityLabel, signed } from '../editor/labels.ts';
import { conceptName } from './concept-name.ts';

/** What a measurement is doing. */
export function stageText(stage: Stage): string {
  const words: Record<Stage, string> = {
    sample: t('reading a sample'),
    validation: t('scoring the validation files'),
    test: t('scoring the test files'),
    untrained: t('against untrained networks'),
    shifts: t('against shifted labels'),
    ablation: t('clamping cells'),
    probe: t('probing several cells together'),
  };
  return words[stage];
}

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
  const score = t('AP {0} (base {1})', candidate.ap.toFixed(2), baseText(concept.base));
  return [score, ...measuredParts(standing)].join(' · ');
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
    ablation && t('clamp {0} (95 % of others ≤ {1})', signed(ablation.inside, 3), signed(ablation.control, 3)),
  ].filter((part) => part !== null);
}

/** What a candidate lacks for a name; empty where it has one. What was not measured for want of precision is not told. */
export function lackWords({ concept: { base }, candidate }: Standing): string[] {
  if (candidate.named) return [];
  const { lacks, sampleAp, untrained, randomLabels, shift, ablation } = candidate;
  const words: Record<Lack, string | null> = {
    precision: t('AP of at least {0}', halfWay(base).toFixed(2)),
    untrained: untrained && t('AP above {0}, the best of untrained networks', Math.max(...untrained).toFixed(2)),
    'random-labels':
      randomLabels && t('AP above {0}, the best with random labels by character', Math.max(...randomLabels).toFixed(2)),
    chance: shift && t('p below 0.05 ({0})', shift.adjusted.toFixed(3)),
    cause: ablation
      ? t('a rise of the loss by 0.05 nats or more when it is clamped, above that of 95 % of matched cells')
      : t('enough places where its clamping could matter'),
  };
  const measured = sampleAp !== null || !lacks.includes('precision');
  const told = lacks.flatMap((lack) => (lack === 'precision' || measured ? (words[lack] ?? []) : []));
  return told.length > 0 ? told : [t('evidence, which is still being gathered')];
}

/** The whole evidence, a name and a value each. */
export function evidenceRows(standing: Standing): [string, string][] {
  const { concept, candidate } = standing;
  const { quantity, sign, ap, validationAp, f1, iou, pearson, confidence, shift, ablation } = candidate;
  const { untrained, randomLabels } = candidate;
  const rows: ([string, string] | null)[] = [
    [t('Cell'), t('layer {0}, cell {1}, {2}', candidate.layer, candidate.cell, quantityLabel(quantity))],
    [t('On'), sign > 0 ? t('where the value is high') : t('where the value is low')],
    [t('Average precision'), t('{0} on test files, {1} on validation files', ap.toFixed(3), validationAp.toFixed(3))],
    [t('Base rate'), t('{0}, {1} of {2} characters', concept.base.toFixed(3), concept.positives, concept.scored)],
    confidence && [
      t('95 % interval'),
      t('{0} to {1}, bootstrap over files', confidence[0].toFixed(3), confidence[1].toFixed(3)),
    ],
    [t('At its threshold'), `F1 ${f1.toFixed(2)}, IoU ${iou.toFixed(2)}; Pearson ${signed(pearson)}`],
    untrained && [
      t('Untrained networks'),
      t('AP at most {0} ({1} networks)', Math.max(...untrained).toFixed(3), untrained.length),
    ],
    randomLabels && [t('Random labels by character'), t('AP at most {0}', Math.max(...randomLabels).toFixed(3))],
    shift && [
      t('Shifted labels'),
      t('p {0} after Holm’s correction, {1} shifts', shift.adjusted.toFixed(3), shift.shifts),
    ],
    ablation && [
      t('Clamped to its mean'),
      t(
        'loss {0} nats where the concept ends, {1} elsewhere; 95 % of {2} matched cells at most {3}',
        signed(ablation.inside, 3),
        signed(ablation.outside, 3),
        ablation.controls,
        signed(ablation.control, 3),
      ),
    ],
  ];
  return rows.filter((row) => row !== null);
}

/** For a screen reader. */
export function spokenEvidence(standing: Standing): string {
  const { concept, candidate } = standing;
  const { layer, cell, ap, named } = candidate;
  const name = conceptName(concept);
  return [
    named
      ? t('{0}: layer {1}, cell {2}, named.', name, layer, cell)
      : t('{0}: layer {1}, cell {2}, best candidate without a name.', name, layer, cell),
    t('Average precision {0}, base rate {1}.', ap.toFixed(2), baseText(concept.base)),
    ...(named ? [] : [t('It lacks {0}.', lackWords(standing).join('; '))]),
  ].join(' ');
}

/** `Pearson +0.91 · Spearman +0.90`. */
export function gradedLine({ best: [first] }: GradedReport): string {
  return first ? `Pearson ${signed(first.pearson)} · Spearman ${signed(first.spearman)}` : '';
}

/** How much was found, and on what. */
export function foundWords({ report, texts, generation }: CellsFile): string {
  const { validation, test, withoutGrammar } = texts;
  const found = t(
    '{0} of {1} named at checkpoint {2}, chosen on {3} validation files and shown on {4} test files',
    report.named,
    report.named + report.unnamed,
    generation,
    validation.files,
    test.files,
  );
  return withoutGrammar.length === 0
    ? found
    : t('{0}; of concepts, only those read from text alone count in {1}', found, withoutGrammar.join(', '));
}

/** Why what was found is not the last word, null where it is. */
export function outdatedWords(outdated: Outdated, generation: number): string | null {
  if (outdated.generation && outdated.concepts)
    return t('Found at checkpoint {0}: the run was trained on since, and concepts have changed.', generation);
  if (outdated.generation) return t('Found at checkpoint {0}: the run was trained on since.', generation);
  if (outdated.concepts) return t('Concepts have changed since these were found.');
  return outdated.quantities ? t('Other gates are asked for than those that were scored.') : null;
}
