public import Canonical

/// A plan of the study by name. What it gives is the plan as a person would write it: `StudyPlan` reads, completes and freezes it.
public struct NamedPlan: Sendable {
    public let name: String
    public let title: String
    public let description: String
    /// The figure or table that it is for, and how that is had.
    public let ending: String
    /// The models that it needs; empty for those of the study.
    let needs: [String]
    private let make: @Sendable (PlanChoices, [String]) -> [String: JSONValue]

    /// Every named plan, in the order in which a study goes.
    public static let all: [NamedPlan] = [
        smallStudy, smallPolygons, wide, wideReleased, narrow, narrowTransfer, defaults, overfitting, clipping, wganTensorFlow,
    ]

    public static func named(_ name: String) -> NamedPlan? { all.first { $0.name == name } }

    /// The plan with what was chosen.
    /// - Parameter models: the models that this program has; those that the plan asks for and it lacks are left out.
    public func json(_ choices: PlanChoices = PlanChoices(), models: [ModelSchema]) -> JSONValue {
        let own = needs.isEmpty ? StudyModels.present(models) : needs
        var members = make(choices, choices.models ?? own)
        members["models"] = .array((choices.models ?? own).map { .string($0) })
        if let seeds = choices.seeds { members["seeds"] = .integer(Int64(seeds)) }
        if let width = choices.width { members["width"] = .number(width) }
        if let batch = choices.batchSize { members["batch_size"] = .integer(Int64(batch)) }
        return .object(members)
    }

    /// Whether the number of settings is a choice: it is not where every setting is named.
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
    /// All models, ten settings each: small enough for two cores and an evening.
    private static let smallStudy = small(
        "small-study", "Small study", "Every model with its default and nine wide settings, at a width and length for a small machine.",
        ending: "Figures 4 (budget) and 5 (sensitivity) and the table of table 3; figure 6 where manifold is measured: fidelio report",
        dataset: "mnist", steps: 600
    ) { "Small study: \($1) wide settings on \($0)" }

    /// The study's figure 6 at a size for two cores: the threshold is eight times the study's, because generators that trained so shortly leave specks that
    /// no polygon has, and at 0.75 every precision would be 0 (docs/metrics.md). At it one start finds what there is to find.
    private static let smallPolygons = small(
        "small-polygons", "Small study on polygons",
        "Precision, recall and F1 of every model on polygons, its default and nine wide settings, at a width and length for a small machine.",
        ending: "Figure 6 (F1 against budget), with precision and recall beside it: fidelio report", dataset: "polygons", steps: 1500,
        evaluation: [
            "metrics": ["fid", "manifold"], "samples": 2000,
            "options": ["manifold": ["inversion_restarts": 1, "manifold_restarts": 2, "threshold": 6.0]],
        ]
    ) { data, _ in "Small study on \(data): precision, recall and F1" }

    private static let wide = random(
        "wide", "Wide one-shot", "The default and 99 settings a model from the wide ranges, at full width and length.",
        ending: "Figures 4 (budget) and 5 (sensitivity): fidelio report; its best settings rerun with 50 seeds give table 3", ["kind": "wide"], 100)

    private static let wideReleased = random(
        "wide-compare-gan", "Wide one-shot, released draws",
        "The same with the settings that the study's released code draws (sampler compare_gan_v1).",
        ending: "Figures 4 and 5 at the settings of the study itself: fidelio report", ["kind": "wide", "sampler": "compare_gan_v1"], 100)

    private static let narrow = random(
        "narrow", "Narrow two-shot", "The default and 49 settings a model from the narrow ranges, which were chosen on Fashion-MNIST.",
        ending: "Figures 4 and 5 with better ranges: fidelio report", ["kind": "narrow"], 50)

    /// - Source: Lucic et al. (first version), figure 15: the ranges were chosen by hand from the wide results on Fashion-MNIST and used for the others.
    private static let narrowTransfer = random(
        "narrow-transfer", "Narrow ranges transferred",
        "The narrow ranges, chosen on Fashion-MNIST, on a data set that they were not chosen on; beside a wide study of the same data set.",
        ending: "Figure 15: fidelio report NARROW --beside WIDE, the distributions of both by model and how often narrow beats wide",
        ["kind": "narrow"], 50, dataset: "mnist")

    private static let defaults = NamedPlan("defaults", "Authors' settings", "Every model at its authors' settings, with five seeds.",
        ending: "The table of authors' settings (the stars of figure 5), with differences paired by seed: fidelio report"
    ) { choices, _ in
        let data = choices.dataset ?? "fashion-mnist"
        let budget = StudyBudget(dataset: data)
        return ["name": .string("Authors' settings on \(data)"), "dataset": .string(data), "protocol": ["kind": "single"], "seeds": 5]
            .merging(schedule(steps: choices.steps ?? budget.steps, every: budget.every(choices.steps))) { $1 }
    }

    /// - Source: Lucic et al. 2018: FID and IS cannot tell a generator that replays its training images. Fidelio's experiment `replay` shows it on data alone.
    private static let overfitting = NamedPlan(
        "overfitting", "Does it memorise?", "Every model at its authors' settings, with the inception score and the memorisation check beside FID.",
        ending: "The table of other metrics: inception score and memorisation (training against held-out images) beside FID: fidelio report"
    ) { choices, _ in
        let data = choices.dataset ?? "mnist"
        let budget = StudyBudget(dataset: data)
        var members: [String: JSONValue] = ["name": .string("FID, inception score and memorisation on \(data)"), "dataset": .string(data)]
        members["protocol"] = ["kind": "single"]
        members.merge(schedule(steps: choices.steps ?? budget.steps, every: budget.every(choices.steps), evaluation: ["metrics": ["fid", "is", "memorisation"]])) { $1 }
        return members
    }

    /// The clipping and critic-loss remarks of the WGAN repository: a small bound is steadier, a large one needs a critic that is well trained.
    private static let clipping = NamedPlan(
        "wgan-clipping", "WGAN's clipping and the critic's loss",
        "WGAN with four bounds of its weights and one or five critic updates, at ten times the authors' rate so that short runs show the difference.",
        ending: "The critic's and the generator's loss over the steps, one line a setting, with the FID that they end at: fidelio report", needs: ["wgan"]
    ) { choices, _ in
        let (data, steps) = (choices.dataset ?? "mnist", choices.steps ?? 5000)
        return [
            "name": .string("WGAN: clipping and the critic's loss on \(data)"), "dataset": .string(data), "protocol": ["kind": "grid"],
            "grid": ["weight_clipping": [0.001, 0.01, 0.1, 1.0], "disc_iters": [1, 5], "learning_rate": [0.0005]], "seeds": 3,
        ].merging(schedule(steps: steps, every: max(1, steps / 10))) { $1 }
    }

    /// WassersteinGAN.tensorflow: its two models as its scripts run them. A step is a critic update, of which its 100,000 iterations have 504,480.
    private static let wganTensorFlow = NamedPlan(
        "wgan-tensorflow", "WassersteinGAN.tensorflow", "The WGAN and the GAN of that repository with its networks, optimisers and schedule, on 64x64 colour images.",
        ending: "The losses of both over the steps, the grids and FID: fidelio report", needs: ["wgt-wgan", "wgt-gan"]
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

    /// Evaluated, saved and sampled together.
    private static func schedule(steps: Int, every: Int, evaluation: [String: JSONValue] = [:]) -> [String: JSONValue] {
        let period = JSONValue.integer(Int64(every))
        return [
            "steps": .integer(Int64(steps)), "sample_every": period, "checkpoint_every": period,
            "evaluation": .object(evaluation.merging(["every": period]) { $1 }),
        ]
    }
}
