public import Canonical

/// A named plan of the study. It produces a plan in user form, which `StudyPlan` reads and completes.
public struct NamedPlan: Sendable {
    /// The name on the command line and in the API.
    public let name: String
    /// The human-readable title.
    public let title: String
    /// One sentence for users.
    public let description: String
    /// The resulting figure or table, and how to produce it.
    public let ending: String
    /// The models it requires; empty for those of the study.
    let needs: [String]
    private let make: @Sendable (PlanChoices, [String]) -> [String: JSONValue]

    /// All named plans, in the order of a study.
    public static let all: [NamedPlan] = [
        smallStudy, smallPolygons, polygonsF1, wide, wideReleased, narrow, narrowTransfer, defaults, overfitting, clipping, wganTensorFlow,
    ]

    /// The plan with this name, or nil.
    public static func named(_ name: String) -> NamedPlan? { all.first { $0.name == name } }

    /// The plan with the given choices.
    /// - Parameter models: the available models; others are omitted from the plan
    public func json(_ choices: PlanChoices = PlanChoices(), models: [ModelSchema]) -> JSONValue {
        let own = needs.isEmpty ? StudyModels.present(models) : needs
        var members = make(choices, choices.models ?? own)
        members["models"] = .array((choices.models ?? own).map { .string($0) })
        if let seeds = choices.seeds { members["seeds"] = .integer(Int64(seeds)) }
        if let width = choices.width { members["width"] = .number(width) }
        if let batch = choices.batchSize { members["batch_size"] = .integer(Int64(batch)) }
        return .object(members)
    }

    /// Whether the number of settings can be chosen; it cannot if every setting is given.
    public var takesSettings: Bool { make(PlanChoices(settings: 2), []) != make(PlanChoices(settings: 3), []) }

    private init(
        _ name: String, _ title: String, _ description: String, ending: String, needs: [String] = [],
        make: @escaping @Sendable (PlanChoices, [String]) -> [String: JSONValue]
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.ending = ending
        self.needs = needs
        self.make = make
    }
}

extension NamedPlan {
    /// All models, ten settings each: takes about one evening on two cores.
    private static let smallStudy = small(
        "small-study", "Small study", "Every model with its default and nine settings from the wide ranges, with width and length for a small machine.",
        ending: "Figures 4 (budget) and 5 (sensitivity), and table 3; figure 6 if manifold is measured: fidelio report",
        dataset: "mnist", steps: 600
    ) { "Small study: \($1) wide settings on \($0)" }

    /// The study's figure 6, sized for two cores: the threshold is eight times the study's, because after short training generators leave speckles that
    /// no polygon has, and at 0.75 every precision would be 0 (docs/metrics.md). At this threshold one start suffices.
    private static let smallPolygons = small(
        "small-polygons", "Small study on polygons",
        "Precision, recall and F1 of every model on polygons, with its default and nine settings from the wide ranges, with width and length for a small machine.",
        ending: "Figure 6 (F1 against budget), with precision and recall: fidelio report", dataset: "polygons", steps: 1500,
        evaluation: [
            "metrics": ["fid", "manifold"], "samples": 2000,
            "options": ["manifold": ["inversion_restarts": 1, "manifold_restarts": 2, "threshold": 6.0]],
        ]
    ) { data, _ in "Small study on \(data): precision, recall and F1" }

    /// The study's figure 6 at its own threshold, 0.75: full width, and long enough that generators leave no speckles. The ranges are the narrow ones, because most settings of
    /// the wide ones learn nothing in this time.
    private static let polygonsF1 = NamedPlan(
        "polygons-f1", "F1 on polygons at the study's threshold",
        "Precision, recall and F1 of every model on polygons at full width, with its default and four settings from the narrow ranges: hours on two cores.",
        ending: "Figure 6 (F1 against budget) at the threshold 0.75, with precision and recall: fidelio report"
    ) { choices, _ in
        let (data, settings, steps) = (choices.dataset ?? "polygons", choices.settings ?? 5, choices.steps ?? 7000)
        return [
            "name": .string("\(data): precision, recall and F1 at the study's threshold"), "dataset": .string(data),
            "protocol": ["kind": "narrow", "settings": .integer(Int64(settings))], "batch_size": 64,
        ].merging(schedule(steps: steps, every: max(1, steps / 4), evaluation: ["metrics": ["fid", "manifold"], "samples": 2000])) { $1 }
    }

    private static let wide = random(
        "wide", "Wide one-shot", "The default and 99 settings per model from the wide ranges, at full width and length.",
        ending: "Figures 4 (budget) and 5 (sensitivity): fidelio report; its best settings rerun with 50 seeds give table 3", ["kind": "wide"], 100)

    private static let wideReleased = random(
        "wide-compare-gan", "Wide one-shot, released draws",
        "The same with the settings drawn by the study's released code (sampler compare_gan_v1).",
        ending: "Figures 4 and 5 at the settings of the study itself: fidelio report", ["kind": "wide", "sampler": "compare_gan_v1"], 100)

    private static let narrow = random(
        "narrow", "Narrow two-shot", "The default and 49 settings per model from the narrow ranges, which were chosen on Fashion-MNIST.",
        ending: "Figures 4 and 5 with better ranges: fidelio report", ["kind": "narrow"], 50)

    /// - Source: Lucic et al. (first version), figure 15: the ranges were chosen manually from the wide results on Fashion-MNIST and used for the other data sets.
    private static let narrowTransfer = random(
        "narrow-transfer", "Narrow ranges transferred",
        "The narrow ranges, chosen on Fashion-MNIST, applied to another data set; to be compared with a wide study of the same data set.",
        ending: "Figure 15, distributions of both by model and how often narrow beats wide: fidelio report NARROW --beside WIDE",
        ["kind": "narrow"], 50, dataset: "mnist")

    private static let defaults = NamedPlan("defaults", "Authors' settings", "Every model at its authors' settings, with five seeds.",
        ending: "The table of authors' settings (the stars of figure 5), with differences paired by seed: fidelio report"
    ) { choices, _ in
        let data = choices.dataset ?? "fashion-mnist"
        let budget = StudyBudget(dataset: data)
        return ["name": .string("Authors' settings on \(data)"), "dataset": .string(data), "protocol": ["kind": "single"], "seeds": 5]
            .merging(schedule(steps: choices.steps ?? budget.steps, every: budget.every(choices.steps))) { $1 }
    }

    /// - Source: Lucic et al. 2018: FID and IS do not detect a generator that copies its training images. The experiment `replay` shows this on data alone.
    private static let overfitting = NamedPlan(
        "overfitting", "Memorization", "Every model at its authors' settings, with FID, the inception score and the memorization metric.",
        ending: "The table of metrics: FID, inception score and memorization (training against held-out images): fidelio report"
    ) { choices, _ in
        let data = choices.dataset ?? "mnist"
        let budget = StudyBudget(dataset: data)
        var members: [String: JSONValue] = ["name": .string("FID, inception score and memorisation on \(data)"), "dataset": .string(data)]
        members["protocol"] = ["kind": "single"]
        members.merge(schedule(steps: choices.steps ?? budget.steps, every: budget.every(choices.steps), evaluation: ["metrics": ["fid", "is", "memorisation"]])) { $1 }
        return members
    }

    /// The claims of the WGAN repository about clipping and the critic's loss: a small bound is more stable, a large one needs a well-trained critic.
    private static let clipping = NamedPlan(
        "wgan-clipping", "WGAN's clipping and the critic's loss",
        "WGAN with four clipping bounds and one or five critic updates, at ten times the authors' learning rate so that short runs show the difference.",
        ending: "Losses of critic and generator over steps, one line per setting, with the final FID: fidelio report", needs: ["wgan"]
    ) { choices, _ in
        let (data, steps) = (choices.dataset ?? "mnist", choices.steps ?? 5000)
        return [
            "name": .string("WGAN: clipping and the critic's loss on \(data)"), "dataset": .string(data), "protocol": ["kind": "grid"],
            "grid": ["weight_clipping": [0.001, 0.01, 0.1, 1.0], "disc_iters": [1, 5], "learning_rate": [0.0005]], "seeds": 3,
        ].merging(schedule(steps: steps, every: max(1, steps / 10))) { $1 }
    }

    /// WassersteinGAN.tensorflow: its two models as run by its scripts. A step is a critic update; its 100,000 iterations have 504,480 of them.
    private static let wganTensorFlow = NamedPlan(
        "wgan-tensorflow", "WassersteinGAN.tensorflow", "The WGAN and the GAN of that repository with its networks, optimizers and schedule, on 64x64 color images.",
        ending: "Losses of both over steps, sample grids and FID: fidelio report", needs: ["wgt-wgan", "wgt-gan"]
    ) { choices, _ in
        let (data, steps) = (choices.dataset ?? "celeba", choices.steps ?? 504_480)
        return ["name": .string("WassersteinGAN.tensorflow on \(data)"), "dataset": .string(data), "protocol": ["kind": "single"], "batch_size": 64]
            .merging(schedule(steps: steps, every: max(1, steps / 20))) { $1 }
    }

    private static func small(
        _ name: String, _ title: String, _ description: String, ending: String, dataset: String, steps: Int, evaluation: [String: JSONValue] = [:],
        named: @escaping @Sendable (_ dataset: String, _ settings: Int) -> String
    ) -> NamedPlan {
        NamedPlan(name, title, description, ending: ending) { choices, _ in
            let (data, settings, steps) = (choices.dataset ?? dataset, choices.settings ?? 10, choices.steps ?? steps)
            return [
                "name": .string(named(data, settings)), "dataset": .string(data),
                "protocol": ["kind": "wide", "settings": .integer(Int64(settings))], "width": 0.25, "batch_size": 64,
            ].merging(schedule(steps: steps, every: max(1, steps / 4), evaluation: evaluation)) { $1 }
        }
    }

    private static func random(
        _ name: String, _ title: String, _ description: String, ending: String, _ search: [String: JSONValue], _ settings: Int, dataset: String = "fashion-mnist"
    ) -> NamedPlan {
        NamedPlan(name, title, description, ending: ending) { choices, _ in
            let data = choices.dataset ?? dataset
            let budget = StudyBudget(dataset: data)
            var search = search
            search["settings"] = .integer(Int64(choices.settings ?? settings))
            return ["name": .string("\(title) on \(data)"), "dataset": .string(data), "protocol": .object(search), "batch_size": 64]
                .merging(schedule(steps: choices.steps ?? budget.steps, every: budget.every(choices.steps))) { $1 }
        }
    }

    /// Evaluation, checkpoint, and sample grid intervals are equal.
    private static func schedule(steps: Int, every: Int, evaluation: [String: JSONValue] = [:]) -> [String: JSONValue] {
        let period = JSONValue.integer(Int64(every))
        return [
            "steps": .integer(Int64(steps)), "sample_every": period, "checkpoint_every": period,
            "evaluation": .object(evaluation.merging(["every": period]) { $1 }),
        ]
    }
}

/// The models of the study by name, in the order of its tables.
enum StudyModels {
    static let names = ["mm-gan", "ns-gan", "lsgan", "wgan", "wgan-gp", "dragan", "began", "vae"]

    /// The available ones.
    static func present(_ models: [ModelSchema]) -> [String] {
        names.filter { name in models.contains { $0.name == name } }
    }
}
