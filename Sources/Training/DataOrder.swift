internal import Numerics

/// The data order: a fresh permutation of the data set per epoch, divided into mini-batches that may span two epochs. A function of
/// seed and step only.
struct DataOrder {
    let images: Int
    let batchSize: Int
    private let stream: RandomStream
    private var epoch = -1
    private var order: [Int] = []

    init(images: Int, batchSize: Int, seed: UInt64) {
        self.images = images
        self.batchSize = batchSize
        stream = RandomStream(seed: seed, name: "data/order")
    }

    /// Indices of the mini-batch of step 1, 2, ...
    mutating func indices(step: Int) -> [Int] { indices(from: (step - 1) * batchSize, count: batchSize) }

    /// Indices of examples number first, first + 1, ... of the run.
    mutating func indices(from first: Int, count: Int) -> [Int] {
        (first..<(first + count)).map { position in
            if position / images != epoch {
                epoch = position / images
                order = stream.permutation(of: images, step: UInt64(epoch))
            }
            return order[position % images]
        }
    }
}
