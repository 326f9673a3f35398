/* Publishes an FLV file with librtmp: librtmp-publisher URL < FILE. Prototypes instead of its
   headers, so that the shared library alone is enough. Exit: 0 sent, 2 no connection, 3 refused. */
#include <stdio.h>
#include <stdlib.h>

typedef struct RTMP RTMP;
RTMP *RTMP_Alloc(void);
void RTMP_Init(RTMP *);
int RTMP_SetupURL(RTMP *, char *);
void RTMP_EnableWrite(RTMP *);
int RTMP_Connect(RTMP *, void *);
int RTMP_ConnectStream(RTMP *, int);
int RTMP_Write(RTMP *, const char *, int);
void RTMP_Close(RTMP *);
void RTMP_Free(RTMP *);

int main(int argc, char **argv) {
  static char file[16 << 20];
  size_t size;
  RTMP *rtmp;
  if (argc != 2) return 1;
  size = fread(file, 1, sizeof file, stdin);
  rtmp = RTMP_Alloc();
  RTMP_Init(rtmp);
  if (!RTMP_SetupURL(rtmp, argv[1])) return 1;
  RTMP_EnableWrite(rtmp);
  if (!RTMP_Connect(rtmp, NULL)) return 2;
  if (!RTMP_ConnectStream(rtmp, 0)) return 3;
  if (RTMP_Write(rtmp, file, (int)size) != (int)size) return 4; /* wants whole tags */
  RTMP_Close(rtmp);
  RTMP_Free(rtmp);
  return 0;
}
