internal import Archives
public import Canonical
public import Engine
internal import Graphs
internal import Synchronization

/// A network with its weights, ready to compute features of images. The features of an image do not depend on the other images of its batch.
///
/// Every thread computes images of its own from beginning to end, few at a time, so that activations stay in its caches and threads wait for each other only at the end.
public final class ImportedExtractor {
    /// The name under which it is stored.
    public let name: String
    /// The digest of its archive.
    public let digest: Digest
    /// Number of features.
    public let dimension: Int
    /// Number of classes, or 0 if the network has no logits.
    public let classes: Int
    /// What the network reads.
    public let input: Preprocessing
    /// Whether squared distances of features are perceptual distances (LPIPS).
    public let isPerceptual: Bool
    /// Images that a thread computes together.
    public let batchSize: Int
    private let device: CPUDevice
    /// One for each thread.
    private let workers: [Worker]
    private var resizer: (height: Int, width: Int, resizer: ImageResizer)?

    /// The sessions of a thread.
    private final class Worker {
        let features: Session
        private lazy var both = makeBoth(features)
        private let makeBoth: (Session) -> Session

        init(_ features: Session, makeBoth: @escaping (Session) -> Session) { (self.features, self.makeBoth) = (features, makeBoth) }

        func session(withLogits: Bool) -> Session { withLogits ? both : features }
    }

    /// - Parameter batchSize: the most images that a thread computes together; the memory grows with it, no value depends on it
    /// - Errors: `NetworkError` for an archive that is not an extractor, or does not fit its own manifest
    convenience init(name: String, archive: Archive, device: CPUDevice, batchSize: Int) throws {
        let manifest = try ExtractorArchive.manifest(of: archive)
        let store = TensorStore()
        for entry in archive.entries {
            guard case .float32(let values) = entry.elements else { continue }
            store.create(entry.name, Shape(entry.shape))
            store[entry.name] = values
        }
        try self.init(name: name, digest: archive.digest, manifest, store, device: device, batchSize: batchSize)
    }

    /// A known network with random weights, for measurements of speed.
    /// - Errors: `NetworkError`
    public static func untrained(_ manifest: NetworkManifest, device: CPUDevice, batchSize: Int = ExtractorStore.batchSize) throws -> ImportedExtractor {
        let store = TensorStore()
        for parameter in try NetworkGraph(manifest, batch: 1).parameters {
            let count = parameter.shape.reduce(1, *), bound = (6 / Float(parameter.shape.dropFirst().reduce(1, *))).squareRoot()
            var word: UInt32 = 1
            store.create(parameter.name, Shape(parameter.shape))
            store[parameter.name] = (0..<count).map { _ in
                word = word &* 1_664_525 &+ 1_013_904_223
                return parameter.shape.count == 1 ? 0 : (Float(word >> 8) * 0x1p-23 - 1) * bound
            }
        }
        return try ImportedExtractor(name: manifest.name, digest: manifest.functionalDigest, manifest, store, device: device, batchSize: batchSize)
    }

    private init(name: String, digest: Digest, _ manifest: NetworkManifest, _ store: TensorStore, device: CPUDevice, batchSize: Int) throws {
        let one = try NetworkGraph(manifest, batch: 1)
        let batchSize = Swift.min(batchSize, one.imagesTogether)
        let network = batchSize == 1 ? one : try NetworkGraph(manifest, batch: batchSize)
        for parameter in network.parameters where store.shape(of: parameter.name)?.extents != parameter.shape {
            throw NetworkError.shape(parameter.name, expected: parameter.shape, actual: store.shape(of: parameter.name)?.extents ?? [], layer: parameter.name)
        }
        let output = network.output(manifest.outputs[manifest.features]!)
        let logits = manifest.logits.map { network.output(manifest.outputs[$0]!) }
        (self.name, self.digest, self.batchSize, self.device, input) = (name, digest, batchSize, device, manifest.input)
        isPerceptual = manifest.isPerceptual
        (dimension, classes) = (output.shape[1], logits?.shape[1] ?? 0)
        let plan = try Plan(network.graph, outputs: [("features", output)])
        let withLogits = try logits.map { try Plan(network.graph, outputs: [("features", output), ("logits", $0)]) }
        workers = (0..<device.threads).map { _ in
            let thread = CPUDevice(threads: 1, kernels: device.kernels)
            return Worker(Session(plan, store: store, device: thread, seed: 0)) { shared in
                withLogits.map { Session($0, store: store, device: thread, seed: 0, sharing: shared) } ?? shared
            }
        }
    }

    /// Features and, if wanted, logits of 8-bit images of one size.
    /// - Shapes: levels [count, height, width, channels] -> [count, dimension] and [count, classes] or []
    /// - Errors: `NetworkError` for a number of channels, or a size, that the network does not read
    public func features(
        of levels: [UInt8], count: Int, height: Int, width: Int, channels: Int, wantsLogits: Bool = false
    ) throws(NetworkError) -> (features: [Float], logits: [Float]) {
        try check(height: height, width: width, channels: channels)
        precondition(levels.count == count * height * width * channels, "\(levels.count) levels for \(count) images of \(height)x\(width)x\(channels)")
        let resizer = resizer(height, width), own = height * width * channels, groups = (count + batchSize - 1) / batchSize
        let withLogits = wantsLogits && classes > 0
        var all = (features: [Float](repeating: 0, count: count * dimension), logits: [Float](repeating: 0, count: withLogits ? count * classes : 0))
        let next = Atomic<Int>(0)
        let parts = device.map(Swift.min(workers.count, groups)) { worker in
            let session = workers[worker].session(withLogits: withLogits)
            var computed: [(images: Range<Int>, features: [Float], logits: [Float])] = []
            while case let group = next.add(1, ordering: .relaxed).oldValue, group < groups {
                let images = group * batchSize..<Swift.min(count, (group + 1) * batchSize)
                fill(session, images.map { input.applied(to: levels[$0 * own..<($0 + 1) * own], channels: channels, resizer) })
                session.run(step: 0)
                computed.append((images, session.output("features"), withLogits ? session.output("logits") : []))
            }
            return computed
        }
        for part in parts.joined() {
            let (first, last) = (part.images.lowerBound, part.images.upperBound)
            all.features.replaceSubrange(first * dimension..<last * dimension, with: part.features.prefix(part.images.count * dimension))
            if withLogits { all.logits.replaceSubrange(first * classes..<last * classes, with: part.logits.prefix(part.images.count * classes)) }
        }
        return all
    }

    private func fill(_ session: Session, _ prepared: [[Float]]) {
        session.withInput(NetworkManifest.images) { images in
            var place = 0
            for image in prepared {
                for value in image {
                    images[place] = value
                    place += 1
                }
            }
        }
    }

    /// Multiplications and additions of matrix products for an image.
    public var operations: Double { workers[0].features.plan.productOperations / Double(batchSize) }

    /// Memory of activations of all threads, in bytes.
    public var scratchBytes: Int { workers.count * workers[0].features.plan.scratchBytes }

    /// Whether the network reads images of a size.
    /// - Errors: `NetworkError` that says what it reads
    public func check(height: Int, width: Int, channels: Int) throws(NetworkError) {
        guard channels == input.channels || channels == 1 else {
            throw NetworkError("the extractor \(name) reads images of \(input.channels) channels; these have \(channels)")
        }
        guard input.resize != .none || (height == input.height && width == input.width) else {
            throw NetworkError("the extractor \(name) does not resize: it reads images of \(input.height)x\(input.width) pixels; these have \(height)x\(width)")
        }
    }

    private func resizer(_ height: Int, _ width: Int) -> ImageResizer {
        if let known = resizer, known.height == height, known.width == width { return known.resizer }
        let made = ImageResizer(input.resize, height: height, width: width, toHeight: input.height, toWidth: input.width)
        resizer = (height, width, made)
        return made
    }
}
