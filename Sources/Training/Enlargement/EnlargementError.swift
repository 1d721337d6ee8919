/// Why pictures cannot be enlarged.
public enum EnlargementError: Error, Equatable, CustomStringConvertible {
    /// The model does not make images from low-resolution images.
    case notSuperResolution(model: String)
    /// The samples of the model have no temperature.
    case noTemperature(model: String)
    /// The model makes a single image.
    case noSamples(model: String)
    /// A window would take too much memory.
    case tooLarge(bytes: Int, limit: Int)
    /// The picture is smaller than one pixel of low resolution.
    case tooSmall(name: String, height: Int, width: Int, scale: Int)

    /// The error in one sentence.
    public var description: String {
        switch self {
        case .notSuperResolution(let model): "the model \(model) does not enlarge images; models of super-resolution do: srflow, rrdb, esrgan, bicubic"
        case .noTemperature(let model): "the samples of the model \(model) have no temperature; leave out --temperature"
        case .noSamples(let model): "the model \(model) makes one image for each picture; leave out --samples"
        case .tooLarge(let bytes, let limit): "enlarging a tile would take \(bytes) bytes, the limit is \(limit); choose a smaller --tile"
        case .tooSmall(let name, let height, let width, let scale): "\(name) has \(height) x \(width) pixels, too few to be reduced by \(scale)"
        }
    }
}
