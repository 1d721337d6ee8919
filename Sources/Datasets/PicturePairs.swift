import Canonical

/// Pictures with given low-resolution partners: in folders HR and LR (of the root or of each split), or in one folder, with names that end in
/// _HR and _LR. Partners have the same name apart from the ending _HR, _LR, x2, x4 or x8.
enum PicturePairs {
    typealias Picture = PictureListing.Picture

    private enum Side { case high, low }

    /// The high-resolution pictures of a folder of pairs, without class folders, and the others; nil if it is none.
    static func divided(_ pictures: [Picture]) -> (high: [Picture], low: [Picture])? {
        let sides = pictures.map(side)
        guard sides.contains(.high), sides.contains(.low), !sides.contains(nil) else { return nil }
        func taken(_ wanted: Side) -> [Picture] { zip(pictures, sides).filter { $1 == wanted }.map { Picture(path: $0.0.path, folder: nil) } }
        return (taken(.high), taken(.low))
    }

    /// The pairs of a split, in the order of its high-resolution pictures.
    /// - Errors: `DatasetError.notPossible` with the first picture without a partner
    static func pairs(of pictures: [Picture], in folder: String) throws(DatasetError) -> [(high: Picture, low: Picture)] {
        guard let (high, low) = divided(pictures) else {
            throw .notPossible(
                what: folder, problem: "given low-resolution pictures are in folders HR and LR, or their names end in _HR and _LR; all pictures must be one or the other")
        }
        var partners: [String: Picture] = [:]
        for picture in low {
            if let other = partners.updateValue(picture, forKey: key(picture.path)) {
                throw .notPossible(what: picture.path, problem: "it has the same name as \(other.path), apart from the ending")
            }
        }
        var pairs: [(high: Picture, low: Picture)] = []
        for picture in high {
            guard let partner = partners.removeValue(forKey: key(picture.path)) else {
                throw .notPossible(what: picture.path, problem: "there is no low-resolution picture of its name: \(high.count) pictures, \(low.count) low-resolution ones")
            }
            pairs.append((picture, partner))
        }
        if let lone = partners.values.map(\.path).min() {
            throw .notPossible(what: lone, problem: "there is no high-resolution picture of its name: \(high.count) pictures, \(low.count) low-resolution ones")
        }
        return pairs
    }

    private static func side(_ picture: Picture) -> Side? {
        switch picture.folder?.lowercased() {
        case "hr": return .high
        case "lr": return .low
        case nil: break
        default: return nil
        }
        let stem = stem(picture.path).lowercased()
        return stem.hasSuffix("_hr") ? .high : stem.hasSuffix("_lr") ? .low : nil
    }

    /// The name without folder and suffix.
    private static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return String(name.lastIndex(of: ".").map { name[..<$0] } ?? name)
    }

    private static func key(_ path: String) -> String {
        let stem = stem(path), lower = stem.lowercased()
        for ending in ["_hr", "_lr", "x2", "x4", "x8"] where lower.hasSuffix(ending) && lower != ending { return String(stem.dropLast(ending.count)) }
        return stem
    }
}
