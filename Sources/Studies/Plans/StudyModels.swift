/// The models of the study by name, in the order of its tables.
enum StudyModels {
    static let names = ["mm-gan", "ns-gan", "lsgan", "wgan", "wgan-gp", "dragan", "began", "vae"]

    /// The available ones.
    static func present(_ models: [ModelSchema]) -> [String] {
        names.filter { name in models.contains { $0.name == name } }
    }
}
