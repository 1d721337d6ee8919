/// The element type of an array, with numpy's name.
public enum ElementKind: String, Sendable, CaseIterable {
    case float32, float64, int64, uint8

    /// Bytes per element.
    public var size: Int {
        switch self {
        case .float32: 4
        case .float64, .int64: 8
        case .uint8: 1
        }
    }

    /// The type descriptor in a `.npy` header.
    var descriptor: String {
        switch self {
        case .float32: "<f4"
        case .float64: "<f8"
        case .int64: "<i8"
        case .uint8: "|u1"
        }
    }

    init?(descriptor: String) {
        guard let kind = Self.allCases.first(where: { $0.descriptor == descriptor }) else { return nil }
        self = kind
    }
}
