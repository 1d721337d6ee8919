/// Names of split files and folders: "train", "Training", "TRAIN_SET", "val2017", "x_test" and so on.
enum SplitName {
    static let train = "train", valid = "valid", test = "test"

    private static let words = [
        "train": train, "training": train, "trn": train,
        "val": valid, "valid": valid, "validation": valid, "validate": valid, "dev": valid, "development": valid, "eval": valid, "evaluation": valid,
        "test": test, "testing": test, "tst": test, "t10k": test,
    ]
    private static let endings = ["set", "data", "dataset", "images", "image", "imgs", "img", "pictures", "split", "folder", "part", "samples"]

    /// The split of a name, ignoring case, separators, a trailing number, or a word such as "set"; nil for other names.
    static func split(of name: String) -> String? {
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        if let split = words[letters] { return split }
        var stem = letters[...]
        while stem.last?.isNumber == true { stem = stem.dropLast() }
        if let split = words[String(stem)] { return split }
        return endings.lazy.filter { stem.hasSuffix($0) }.compactMap { words[String(stem.dropLast($0.count))] }.first
    }

    /// The split names among the words of a name: "test" in "cats_test", none in "protest".
    static func splits(within name: String) -> Set<String> {
        Set(tokens(name).compactMap { words[$0] })
    }

    /// The words of a name, in lower case.
    static func tokens(_ name: String) -> [String] {
        name.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    /// Training first, then validation, then test.
    static func rank(_ split: String) -> Int { [train: 0, valid: 1][split] ?? 2 }
}
