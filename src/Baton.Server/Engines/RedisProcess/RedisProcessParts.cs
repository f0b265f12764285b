using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.RedisProcess;

/// <summary>What a running instance is made of; owned by its <see cref="RedisProcessEngine"/>.</summary>
internal sealed record RedisProcessParts(EngineChild Child, EngineControl Control, EngineLimits Limits, TimeProvider Time);
