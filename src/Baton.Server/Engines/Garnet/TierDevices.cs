using Tsavorite.core;

namespace Baton.Server.Engines.Garnet;

/// <summary>Makes the files of a Garnet instance; those of the tier read as zeros where nothing was written yet.</summary>
/// <remarks>
/// FLUSHALL and FLUSHDB move the beginning of the log into the middle of a page without writing what stands before it. The next page that is written
/// from there on first reads back the sector it shares with what stands before, which is in no file: a short read, which Garnet takes for a broken device.
/// From then on nothing is ever written again, and every command that waits for the disk (the next FLUSHALL, a write that needs a new page) hangs
/// for good, together with all that wait for it. As zeros the sector is what it should be: nothing that anybody reads.
/// </remarks>
internal sealed class TierDevices(string tierDirectory) : INamedDeviceFactoryCreator
{
    private readonly LocalStorageNamedDeviceFactoryCreator _files = new(
        disableFileBuffering: true,
        deviceType: DeviceType.RandomAccess); // the default one is a native library that is not found when published for one platform

    /// <inheritdoc/>
    public INamedDeviceFactory Create(string baseName)
    {
        INamedDeviceFactory files = _files.Create(baseName);
        return baseName == tierDirectory ? new Factory(files) : files;
    }

    private sealed class Factory(INamedDeviceFactory files) : INamedDeviceFactory
    {
        public IDevice Get(FileDescriptor fileInfo) => new Device(files.Get(fileInfo));

        public void Delete(FileDescriptor fileInfo) => files.Delete(fileInfo);

        public IEnumerable<FileDescriptor> ListContents(string path) => files.ListContents(path);

        public uint GetSectorSize(FileDescriptor fileInfo) => files.GetSectorSize(fileInfo);
    }

    private sealed class Device(IDevice file) : StorageDeviceBase(file.FileName, file.SectorSize, file.Capacity)
    {
        public override void Initialize(long segmentSize, LightEpoch epoch = null!, bool omitSegmentIdFromFilename = false)
        {
            base.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
            file.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
        }

        public override void ReadAsync(
            int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
            file.ReadAsync(
                segmentId,
                sourceAddress,
                destinationAddress,
                readLength,
                (error, read, state, exception) =>
                {
                    if (error == 0 && read < readLength)
                    {
                        ClearFrom(destinationAddress, read, readLength);
                        read = readLength;
                    }

                    callback(error, read, state, exception);
                },
                context);

        public override void WriteAsync(
            nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context) =>
            file.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite, callback, context);

        public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) =>
            file.RemoveSegmentAsync(segment, callback, result);

        public override void RemoveSegment(int segment) => file.RemoveSegment(segment);

        public override bool Throttle() => file.Throttle();

        public override bool TryComplete() => file.TryComplete();

        public override bool TryCompleteMine() => file.TryCompleteMine();

        public override long GetFileSize(int segment) => file.GetFileSize(segment);

        public override void Reset() => file.Reset();

        public override void Dispose() => file.Dispose();

        private static unsafe void ClearFrom(nint destination, uint from, uint length) =>
            new Span<byte>((byte*)destination + from, (int)(length - from)).Clear();
    }
}
