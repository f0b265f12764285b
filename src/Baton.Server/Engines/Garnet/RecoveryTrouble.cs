using Microsoft.Extensions.Logging;

namespace Baton.Server.Engines.Garnet;

/// <summary>
/// Listens to what Garnet says while it starts. When it cannot read its own log it says so here and nowhere else, goes on with what it has read (which may be
/// nothing), and writes over the rest. Thread-safe.
/// </summary>
internal sealed class RecoveryTrouble : ILoggerFactory, ILogger
{
    // A log that ends in the middle of a record is none: what was not wholly written was not acknowledged. Garnet tells these two apart by their words only.
    private const string ScanFailed = "Fast-commit recovery scan";

    private volatile string? _first;

    /// <summary>What went wrong first, or null.</summary>
    public string? First => _first;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
        // It listens itself.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing.
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => _first is null && logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string text = formatter(state, exception);
        if (logLevel >= LogLevel.Error || text.StartsWith(ScanFailed, StringComparison.Ordinal))
        {
            Interlocked.CompareExchange(ref _first, exception is null ? text : $"{text} ({exception.Message})", null);
        }
    }
}
