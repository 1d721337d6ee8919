/// What was read from files of one's own; the pixels wait in files.
struct OwnContent {
    var kind = DatasetKind.images
    let shape: ImageShape
    let classes: Int
    /// Whether pixels are float32, and not bytes of which 255 is white.
    var isFloat = false
    var splits: [StagedSplit]
    let summary: String
    /// How it was made, kept with the data set.
    var source: String
    /// The names of the classes in their order, where the files name them.
    var classNames: [String] = []
    var leftOut: [LeftOut] = []
    /// What somebody who uses it should know.
    var notes: [String] = []
}
