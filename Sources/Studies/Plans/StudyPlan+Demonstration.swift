public import Canonical

extension StudyPlan {
    /// The demonstration study: generated data, two models, small networks, and four settings each: the authors', which learn too slowly
    /// for this short budget, and three others, which start first. It shows that the setting matters more than the model.
    public static let demonstrationJSON: JSONValue = [
        "name": "Demonstration: NS GAN and WGAN on convex polygons",
        "dataset": "polygons",
        "models": ["ns-gan", "wgan"],
        "protocol": ["kind": "grid"],
        "grid": ["beta1": [0.5], "disc_iters": [1], "discriminator_batchnorm": [false], "learning_rate": [0.002, 0.001, 0.0005]],
        "seeds": [0, 1],
        "width": 0.25,
        "batch_size": 64,
        "steps": 360,
        "sample_every": 30,
        "checkpoint_every": 180,
        "evaluation": ["every": 120, "samples": 2000],
    ]

    /// The demonstration as a plan.
    /// - Errors: `FieldError` if the data set "polygons" or one of the models is missing.
    public static func demonstration(models: [ModelSchema], datasets: [DatasetFacts]) throws(FieldError) -> StudyPlan {
        try StudyPlan(reading: demonstrationJSON, models: models, datasets: datasets)
    }
}
