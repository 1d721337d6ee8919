/// What was read from files of one's own.
struct OwnContent {
    var kind = DatasetKind.images
    let shape: ImageShape
    let classes: Int
    var splits: [DatasetSplit]
    let summary: String
    /// How it was made, kept with the data set.
    var source: String
}
