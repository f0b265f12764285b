using System.Text;
using Baton.Server.Store;

namespace Baton.Server.Rest;

/// <summary>Writes small files that only their owner can read (mode 0600 where the system has modes).</summary>
internal static class PrivateFile
{
    /// <summary>Replaces the file as a whole: a reader sees the old text or the new one, and a crash leaves one of them.</summary>
    public static void Write(string path, string text) => DurableFile.Replace(path, Encoding.UTF8.GetBytes(text));
}
