namespace Baton.Protocol.Tests.Resp;

/// <summary>The golden frames: raw bytes in <c>Frames/*.resp</c>.</summary>
internal static class Frames
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Frames");

    public static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".resp"));

    public static string[] Names(string prefix)
    {
        var names = Directory.GetFiles(Folder, prefix + "*.resp").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(names);
        return names;
    }
}
