/// How the settings of a random search are drawn.
public enum SearchSampler: String, Sendable, Hashable, CaseIterable {
    /// Philox: a setting depends only on (search seed, model, its number). The default.
    case philox
    /// The draws of the study's released code, `CompareGANSampler`. Only for the wide search.
    case compareGANV1 = "compare_gan_v1"
}
