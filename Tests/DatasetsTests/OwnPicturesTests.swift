import Canonical
import Codecs
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Folders of images in every common layout.
@Suite struct OwnPicturesTests {
    /// A folder of 2 x 2 gray images, each with a distinct value; the store is next to it.
    private final class Layout {
        let folder: TemporaryFolder
        private var value: UInt8 = 0
        var root: String { folder.path("in") }
        var store: DatasetStore { DatasetStore(root: folder.path("datasets")) }

        init(_ pictures: KeyValuePairs<String, Int> = [:]) throws {
            folder = try TemporaryFolder()
            try FileSystem.makeFolder(root)
            for (path, count) in pictures { try add(path, count) }
        }

        func add(_ path: String, _ count: Int, suffix: String = ".png") throws {
            for i in 0..<count {
                value += 1
                try put(PNG.encode(PixelImage(width: 2, height: 2, channels: 1, pixels: [value, 0, 0, 0])), "\(path.isEmpty ? "" : path + "/")\(i)\(suffix)")
            }
        }

        func put(_ bytes: [UInt8], _ path: String) throws {
            let path = "\(root)/\(path)"
            try FileSystem.makeFolder(FileSystem.folder(of: path))
            let file = try FileWriter(path)
            try file.append(bytes)
        }

        func take(_ change: (inout OwnDataset) -> Void = { _ in }) throws -> DatasetStore.Status {
            var own = OwnDataset(name: "own", path: root)
            own.test = 0
            change(&own)
            return try store.add(own: own)
        }

        func refusal(_ change: (inout OwnDataset) -> Void = { _ in }) -> String {
            (#expect(throws: DatasetError.self) { try take(change) })?.description ?? ""
        }
    }

    @Test(arguments: [
        ("Train", "Test", "test"), ("TRAIN", "TEST", "test"), ("training", "testing", "test"), ("train_set", "test_set", "test"), ("Training Set", "test-set", "test"), ("train2017", "val2017", "valid"),
        ("train", "Validation", "valid"), ("train", "VAL", "valid"), ("train", "dev", "valid"), ("train", "eval", "valid"), ("train_images", "validation_images", "valid"), ("trainset", "Valid", "valid"),
    ]) func splits(train: String, other: String, split: String) throws {
        let flat = try Layout([train: 4, other: 3]).take()
        #expect(flat.description.splits == [SplitSize("train", 4), SplitSize(split, 3)] && flat.description.classes == 0 && flat.leftOut.isEmpty)
        let classes = try Layout(["\(train)/a": 2, "\(train)/b": 2, "\(other)/a": 1, "\(other)/b": 2])
        #expect(try classes.take().description.splits == [SplitSize("train", 4), SplitSize(split, 3)])
        #expect(try classes.store.load("own").split(split).labels == [0, 1, 1] && classes.store.status(of: "own").classNames == ["a", "b"])
    }

    @Test func layoutsOfMoreThanOneMeaning() throws {
        #expect(try Layout(["train": 2, "Training": 2]).refusal().contains("Training and train would both be the split train"))
        #expect(try Layout(["train": 2, "val": 2, "validation": 2]).refusal().contains("val and validation"))
        #expect(try Layout(["train": 2, "holdout": 3]).refusal().contains("holdout cannot be used: it contains 3 pictures"))
        #expect(try Layout(["car": 2, "bus": 2, "train": 2]).refusal().contains("--leave-out"))
        #expect(try Layout(["test": 2, "a": 2]).refusal().contains("/a cannot be used"))
        #expect(try Layout(["test": 2]).refusal().contains("none named \"train\""))
        #expect(try Layout(["cats_train": 2, "cats_test": 2]).refusal().contains("cats_test, cats_train contain split names"))
        #expect(try Layout(["a/train": 2, "a/test": 2, "b/train": 2]).refusal().contains("train/a"))
        #expect(try Layout(["train/a": 2, "train/b": 1, "test/A": 2, "test/b": 1]).refusal().contains("classes A and a differ only in case"))
        #expect(try Layout(["caf\u{E9}": 2, "cafe\u{301}": 2]).refusal().contains("Unicode normalization"))
        #expect(try Layout(["": 2, "a": 2]).refusal().contains("some pictures are in class folders"))
        #expect(try Layout(["a": 2, "b/deep": 2]).refusal().contains("/b cannot be used: it has no pictures itself and 2 in subfolders"))
        #expect(try Layout(["train": 2]).refusal { $0.leaveOut = ["tests"] }.contains("--leave-out tests"))
        let only = try Layout()
        try only.put([1], "a.webp")
        #expect(only.refusal().contains("left out: 1 files .webp (a.webp)"))
        // A class may be called "train station", as long as no other class suggests another split.
        #expect(try Layout(["train station": 2, "harbour": 2]).take().classNames == ["harbour", "train station"])
    }

    @Test func whatIsNotTakenIsCounted() throws {
        let layout = try Layout(["a": 8, "b": 4, "b/more": 3, "b/more/yet": 2])
        for name in ["a/0.webp", "a/1.WebP", "a/x.jpe", "README", ".DS_Store", "a/.hidden.png", "__MACOSX/a/._0.png", "c/notes.txt"] { try layout.put([1], name) }
        try layout.add("a", 1, suffix: ".PnG")
        let status = try layout.take()
        #expect(status.description.images == 13 && status.classNames == ["a", "b"])
        let left = Dictionary(uniqueKeysWithValues: status.leftOut.map { ($0.what, $0.count) })
        #expect(left == [
            "hidden files (.DS_Store, __MACOSX, a/.hidden.png)": 3, "files without a suffix (README)": 1, "files .webp (a/0.webp, a/1.WebP)": 2, "files .jpe (a/x.jpe)": 1,
            "pictures below class folders (b/more)": 5, "files .txt (c/notes.txt)": 1, "folders without pictures (c)": 1,
        ])
        #expect(layout.store.list().last?.leftOut == status.leftOut)
    }

    @Test func archivesWithinOneFolder() throws {
        let layout = try Layout(["flowers/inner/train/a": 2, "flowers/inner/train/b": 2, "flowers/inner/test/a": 1])
        try layout.put([1], "__MACOSX/flowers/._x")
        #expect(try layout.take().description.splits == [SplitSize("train", 4), SplitSize("test", 1)])
        #expect(try Layout(["train/a": 2, "train/b": 1]).take().description.classes == 2)
        #expect(try Layout(["train/a": 2, "train/b": 1, "test/c": 1]).take().notes == ["the training split has no pictures of the class c"])
    }

    @Test func namesThatAreNotUTF8() throws {
        let layout = try Layout(["a": 2, "b": 2]), name = SystemPath.text(Array("caf".utf8) + [0xE9])
        try layout.add(name, 3)
        let status = try layout.take()
        #expect(status.description.classes == 3 && status.classNames == ["a", "b", "caf\\xE9"] && status.description.images == 7)
        #expect(status.source?.contains("caf\\xE9") == true)
        try layout.put([1], "\(name)/9.png")
        #expect(layout.refusal().contains("caf\\xE9/9.png cannot be read"))
        try FileSystem.remove("\(layout.root)/\(name)/9.png")
        for i in 0..<3 { try FileSystem.remove("\(layout.root)/\(name)/\(i).png") }
        try FileSystem.removeEmptyFolder("\(layout.root)/\(name)")
    }

    @Test func unreadableOnes() throws {
        let layout = try Layout(["a": 3, "b": 3])
        try layout.put([1, 2, 3], "a/7.png")
        try layout.put([], "b/8.jpg")
        #expect(layout.refusal().contains("a/7.png cannot be read"))
        let skipped = try layout.take { $0.skipsUnreadable = true }
        #expect(skipped.description.images == 6 && skipped.leftOut == [LeftOut(what: "unreadable pictures (a/7.png, b/8.jpg)", count: 2)])
        let digest = try #require(skipped.description.digest)
        #expect(try layout.store.load("own").splits[0].labels == [0, 0, 0, 1, 1, 1])
        let other = try layout.take { $0.leaveOut = ["a/7.png", "./b/8.jpg"] }
        #expect(other.description.digest == digest && other.leftOut == [LeftOut(what: "left out as asked (a/7.png, b/8.jpg)", count: 2)])
        #expect(try layout.store.status(of: "own").leftOut == other.leftOut)
        #expect(try Layout(["train": 2, "extra": 3]).take { $0.leaveOut = ["extra/"] }.leftOut == [LeftOut(what: "left out as asked (extra)", count: 3)])
        let none = try Layout()
        try none.put([1], "0.png")
        #expect(none.refusal { $0.skipsUnreadable = true }.contains("none of the 1 pictures"))
    }

    @Test func optionsWithoutEffect() throws {
        let folder = try TemporaryFolder(), file = try folder.write(NPZFixture.file(["x.npy": NPZFixture.images(7)]), as: "x.npz"), store = DatasetStore(root: folder.path("s"))
        let options: [(String, (inout OwnDataset) -> Void)] = [
            ("--patches", { $0.patches = PatchRule(height: 2, width: 2, count: 1) }), ("--channels", { $0.channels = 1 }),
            ("--low-resolution-kernel given", { $0.lowResolution = LowResolution(scale: 2, kernel: .given) }), ("--leave-out", { $0.leaveOut = ["x"] }),
            ("--skip-unreadable", { $0.skipsUnreadable = true }),
        ]
        for (name, change) in options {
            var own = OwnDataset(name: "own", path: file)
            change(&own)
            let error = #expect(throws: DatasetError.self) { try store.add(own: own) }
            #expect(error?.description.hasPrefix("\(name) cannot be used") == true && error?.description.contains("read as npz") == true)
        }
        for title in ["x\u{1B}[2J", "a\nb", "", String(repeating: "t", count: 201)] {
            var own = OwnDataset(name: "own", path: file)
            own.title = title
            #expect(throws: DatasetError.self) { try store.add(own: own) }
        }
        #expect(!FileSystem.exists(store.root))
    }

    @Test func testSplits() throws {
        #expect(try Layout(["train": 8, "val": 3]).take { $0.test = nil }.description.splits == [SplitSize("train", 8), SplitSize("valid", 3)])
        #expect(try Layout(["train": 8, "val": 3]).take { $0.test = 2 }.description.splits == [SplitSize("train", 6), SplitSize("valid", 3), SplitSize("test", 2)])
        #expect(try Layout(["train": 8, "test": 3]).refusal { $0.test = 2 }.contains("already have a test split"))
        #expect(try Layout(["train": 8]).refusal { $0.test = -1 }.contains("at least 0"))
    }
}
