/// The result of reading custom files; pixels are in staged files.
struct OwnContent {
    var kind = DatasetKind.images
    let shape: ImageShape
    let classes: Int
    /// Whether pixels are float32 instead of bytes with white = 255.
    var isFloat = false
    var splits: [StagedSplit]
    let summary: String
    /// Provenance, stored with the data set.
    var source: String
    /// The class names in order, if known.
    var classNames: [String] = []
    var leftOut: [LeftOut] = []
    /// Notes for users.
    var notes: [String] = []
}
