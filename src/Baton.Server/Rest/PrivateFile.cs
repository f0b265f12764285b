using System.Text;

namespace Baton.Server.Rest;

/// <summary>Writes small files that only their owner can read (mode 0600 where the system has modes).</summary>
internal static class PrivateFile
{
    /// <summary>Replaces the file as a whole: a reader sees the old text or the new one, and a crash leaves one of them.</summary>
    public static void Write(string path, string text)
    {
        var temporary = $"{path}.new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
