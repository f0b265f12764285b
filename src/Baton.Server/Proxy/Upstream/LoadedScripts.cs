using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// Which scripts one shard instance has for certain, because its answer to SCRIPT LOAD was seen. Not knowing costs one SCRIPT LOAD, so it may forget
/// at any time. Belongs to its loop's thread.
/// </summary>
internal sealed class LoadedScripts
{
    private readonly ScriptCache _cache;
    private readonly HashSet<string> _loaded = new(StringComparer.OrdinalIgnoreCase);
    private long _generation;

    public LoadedScripts(ScriptCache cache) => _cache = cache;

    /// <summary>The shard has another instance, or the instance may have started again.</summary>
    public void Forget() => _loaded.Clear();

    /// <summary>The instance has the script.</summary>
    public bool Contains(string sha1)
    {
        ForgetFlushed();
        return _loaded.Contains(sha1);
    }

    /// <summary>The instance has said that it has the script, which was sent to it at <paramref name="generation"/>.</summary>
    public void Add(string sha1, long generation)
    {
        ForgetFlushed();
        if (generation != _generation)
        {
            return;
        }

        if (_loaded.Count >= ScriptCache.MaxScripts)
        {
            _loaded.Clear();
        }

        _loaded.Add(sha1);
    }

    // SCRIPT FLUSH came, on whatever loop.
    private void ForgetFlushed()
    {
        long generation = _cache.Generation;
        if (generation != _generation)
        {
            _generation = generation;
            _loaded.Clear();
        }
    }
}
