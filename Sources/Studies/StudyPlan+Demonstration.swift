public import Canonical

extension StudyPlan {
    /// The study to begin with: data that the program makes itself, two models, small networks.
    public static let demonstrationJSON: JSONValue = [
        "name": "Demonstration: NS GAN and WGAN on convex polygons",
        "dataset": "polygons",
        "models": ["ns-gan", "wgan"],
        "protocol": ["kind": "wide", "settings": 4, "search_seed": 123, "sampler": "philox"],
        "seeds": [0, 1],
        "width": 0.25,
        "batch_size": 64,
        "steps": 600,
        "sample_every": 50,
        "checkpoint_every": 300,
        "evaluation": ["every": 200, "samples": 2000],
    ]

    /// The demonstration as a plan.
    /// - Errors: `FieldError` if the data set "polygons" or one of the models is not there.
    public static func demonstration(models: [ModelSchema], datasets: [DatasetFacts]) throws(FieldError) -> StudyPlan {
        try StudyPlan(reading: demonstrationJSON, models: models, datasets: datasets)
    }
}
