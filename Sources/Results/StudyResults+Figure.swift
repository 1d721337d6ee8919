import Catalog
package import Figures
package import Studies

extension DistributionFigure.Run {
    /// - Parameter value: the selected value of the entry
    init(_ entry: StudyResults.Entry, value: Double?, step: Int?) {
        self.init(
            id: entry.run.id, setting: entry.run.setting ?? 0, seed: UInt64(clamping: entry.run.seed), state: State(entry.run.state),
            outcome: entry.run.outcome, value: value, step: step, problem: entry.problem)
    }
}

extension DistributionFigure.Run.State {
    init(_ state: RunState) {
        switch state {
        case .queued: self = .queued
        case .running: self = .running
        case .done: self = .done
        case .diverged: self = .diverged
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        }
    }
}

extension MeasurementProtocol {
    init(_ meaning: ProtocolRecord) {
        self.init(
            digest: meaning.digest, encoder: meaning.encoder, encoderDigest: meaning.encoderDigest, samples: meaning.samples,
            referenceSplit: meaning.referenceSplit)
    }
}

extension StudyResults {
    /// The distribution of the metric by model.
    /// - Parameter asked: nil derives the scale from the values.
    /// - Parameter models: all known models; a model's index among them determines its style in every figure.
    package func figure(scale asked: AxisScale?, models known: [ModelSchema]) -> DistributionFigure {
        let (scale, remarks) = AxisScale.chosen(asked, for: models.flatMap(\.entries).compactMap { $0.score?.best })
        return DistributionFigure(
            title: study.name, metric: MetricChoice.title(of: metric),
            direction: MetricDirection(metric: metric) == .minimise ? .minimise : .maximise, scale: scale,
            measurement: protocols.first.map(MeasurementProtocol.init),
            selection: "best evaluation of each run",
            models: models.enumerated().map { place, model in
                let index = known.firstIndex { $0.name == model.model }
                return DistributionFigure.Model(
                    name: model.model, title: index.map { known[$0].title } ?? model.model, appearance: SeriesAppearance(index: index ?? known.count + place),
                    runs: model.entries.map(StudyResults.point))
            }, remarks: remarks + MetricChoice.cautions(of: metric))
    }

    private static func point(_ entry: Entry) -> DistributionFigure.Run {
        DistributionFigure.Run(entry, value: entry.score?.best, step: entry.score?.bestStep)
    }
}
